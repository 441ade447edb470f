import { http, HttpResponse, type HttpResponseResolver } from 'msw'
import { setupServer } from 'msw/node'
import type { Operations } from '@/lib/api.gen'
import type { Answer, Operation } from '@/lib/request'
import { aBot, aUser, tokens } from './fixtures'

export const server = setupServer(
  answer('GET /api/auth/me', aUser),
  answer('POST /api/auth/refresh', tokens),
  answer('GET /api/auth/bot-info', aBot),
)

/** A handler that answers a call of the contract, with the contract's type. */
export function answer<K extends Operation>(
  operation: K,
  body: Answer<K> | ((request: Asked<K>) => Answer<K>),
  status = 200,
) {
  return on(operation, async ({ request, params }) => {
    const given = typeof body === 'function' ? await asked<K>(request, params) : undefined
    const value = given === undefined ? body : (body as (request: Asked<K>) => Answer<K>)(given)
    return HttpResponse.json(value as object, { status })
  })
}

/** A handler that fails as the contract says. */
export function failing(
  operation: Operation,
  status: number,
  code: string,
  headers?: Record<string, string>,
) {
  return on(operation, () =>
    HttpResponse.json({ detail: `It is ${code}.`, code, request_id: 'r-1' }, { status, headers }),
  )
}

/** A handler that nobody answers for: the server is away. */
export function unreachable(operation: Operation) {
  return on(operation, () => {
    throw HttpResponse.error()
  })
}

/** A handler that never answers. */
export function hanging(operation: Operation) {
  return on(operation, () => new Promise(() => undefined))
}

interface Asked<K extends Operation> {
  path: Record<string, string>
  query: URLSearchParams
  body: Operations[K]['body']
}

async function asked<K extends Operation>(request: Request, params: object): Promise<Asked<K>> {
  const text = await request.text()
  return {
    path: params as Record<string, string>,
    query: new URL(request.url).searchParams,
    body: (text === '' ? undefined : JSON.parse(text)) as Operations[K]['body'],
  }
}

function on(operation: Operation, resolver: HttpResponseResolver) {
  const [method, path] = operation.split(' ') as ['GET', string]
  const verb = method.toLowerCase() as 'get'
  return http[verb](path.replaceAll(/\{(\w+)\}/g, ':$1'), resolver)
}

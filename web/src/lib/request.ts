import type { Operations } from './api.gen'
import { ApiError, unreachable } from './api-error'

export type Operation = keyof Operations
export type Answer<K extends Operation> = Operations[K]['answer']

type Given<N extends string, T> = undefined extends T ? Partial<Record<N, T>> : Record<N, T>

/** What a call takes, by the contract, and how to send it. */
export type Input<K extends Operation> = Given<'path', Operations[K]['path']> &
  Given<'body', Operations[K]['body']> & {
    query?: Operations[K]['query']
    signal?: AbortSignal
    /** The page may be left before the answer comes. */
    keepalive?: boolean
  }

/** Sends a call once, with the cookies of this origin. Throws ApiError, and only that. */
export async function send<K extends Operation>(operation: K, input: Input<K>): Promise<Answer<K>> {
  const [method, template] = operation.split(' ') as [string, string]
  const body = input.body === undefined ? undefined : JSON.stringify(input.body)
  const response = await ask(fill(template, input.path) + search(input.query), {
    method,
    body,
    headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
    signal: input.signal,
    keepalive: input.keepalive,
  })
  return (await parsed(response)) as Answer<K>
}

/**
 * Asks this origin once, and gives a good answer. Throws ApiError, and an abort of the
 * caller's; a server that says nothing `within` ms counts as one that does not answer.
 */
export async function ask(url: string, init: RequestInit, within?: number): Promise<Response> {
  const { signal } = init
  const limit = within === undefined ? undefined : AbortSignal.timeout(within)
  let response: Response
  try {
    const both = signal && limit ? AbortSignal.any([signal, limit]) : (signal ?? limit)
    response = await fetch(url, { ...init, signal: both })
  } catch (cause) {
    if (signal?.aborted) throw cause
    throw unreachable()
  }
  if (!response.ok) throw await failure(response)
  return response
}

/** The contract's path with its parameters in place. */
function fill(template: string, values: object | undefined): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String((values as Record<string, unknown>)[name])),
  )
}

function search(query: object | undefined): string {
  const pairs = Object.entries(query ?? {}).filter(([, value]) => value !== undefined)
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs as [string, string][]).toString()}`
}

async function parsed(response: Response): Promise<unknown> {
  const text = await response.text()
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    throw new ApiError(response.status, 'unreadable', 'the answer is no JSON')
  }
}

async function failure(response: Response): Promise<ApiError> {
  const said = (await parsed(response).catch(() => undefined)) as
    Partial<Record<'detail' | 'code' | 'request_id', string>> | undefined
  const after = Number(response.headers.get('Retry-After') ?? NaN)
  return new ApiError(
    response.status,
    said?.code ?? 'unknown',
    said?.detail ?? `the server answered ${response.status}`,
    said?.request_id,
    Number.isFinite(after) ? after : undefined,
  )
}

// Turns the contract, node/api/openapi.json, into src/lib/api.gen.ts: the shapes as
// `Schemas`, and what each call takes and answers as `Operations`, keyed "GET /api/files".
// It knows the part of OpenAPI 3.1 that the contract uses and stops at anything else.
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import * as prettier from 'prettier'

const source = process.argv[2] ?? here('../../node/api/openapi.json')
const target = process.argv[3] ?? here('../src/lib/api.gen.ts')
const api = JSON.parse(await readFile(source, 'utf8'))

const schemas = Object.entries(api.components.schemas).map(
  ([name, schema]) => `${doc(schema)}${name}: ${type(schema)}`,
)
const operations = Object.entries(api.paths).flatMap(([path, item]) =>
  ['get', 'put', 'post', 'patch', 'delete']
    .filter((method) => item[method])
    .map((method) => {
      const { summary, ...call } = item[method]
      const name = `${method.toUpperCase()} ${path}`
      return `${doc({ description: summary })}${JSON.stringify(name)}: ${operation(item, call)}`
    }),
)
const text = `// Made by \`npm run gen\` from node/api/openapi.json; do not edit.
/* eslint-disable @typescript-eslint/array-type */

export interface Schemas {\n${schemas.join('\n')}\n}

export interface Operations {\n${operations.join('\n')}\n}
`
const options = await prettier.resolveConfig(here('../src/lib/api.gen.ts'))
await writeFile(target, await prettier.format(text, { ...options, parser: 'typescript' }))

function here(path) {
  return fileURLToPath(new URL(path, import.meta.url))
}

function operation(item, call) {
  const parameters = [...(item.parameters ?? []), ...(call.parameters ?? [])].map(resolve)
  const body = call.requestBody && resolve(call.requestBody)
  const bodyType = body ? type(json(body)) + (body.required ? '' : ' | undefined') : 'undefined'
  const answers = Object.entries(call.responses)
    .filter(([status]) => status.startsWith('2'))
    .map(([, response]) => json(resolve(response)))
    .map((schema) => (schema ? type(schema) : 'undefined'))
  return `{
    path: ${fields(parameters, 'path')}
    query: ${fields(parameters, 'query')}
    body: ${bodyType}
    answer: ${[...new Set(answers)].join(' | ') || 'undefined'}
  }`
}

function fields(parameters, place) {
  const some = parameters.filter((p) => p.in === place)
  if (some.length === 0) return 'undefined'
  return `{ ${some.map((p) => field(p.name, p.schema, p.required)).join('; ')} }`
}

function json(content) {
  return content.content?.['application/json']?.schema
}

function resolve(node) {
  if (!node.$ref) return node
  return node.$ref
    .slice(2)
    .split('/')
    .reduce((at, key) => at[key], api)
}

function type(schema) {
  if (schema.$ref) return `Schemas[${JSON.stringify(schema.$ref.split('/').at(-1))}]`
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((v) => JSON.stringify(v)).join(' | ')
  if (schema.allOf) return schema.allOf.map((s) => `(${type(s)})`).join(' & ')
  const either = schema.oneOf ?? schema.anyOf
  if (either) return either.map((s) => `(${type(s)})`).join(' | ')
  const kinds = [schema.type ?? (schema.properties ? 'object' : 'unknown')].flat()
  return kinds.map((kind) => simple(kind, schema)).join(' | ')
}

function simple(kind, schema) {
  switch (kind) {
    case 'integer':
    case 'number':
      return 'number'
    case 'string':
    case 'boolean':
    case 'null':
    case 'unknown':
      return kind
    case 'array':
      return `Array<${type(schema.items)}>`
    case 'object':
      return object(schema)
    default:
      throw new Error(`api-types: unknown type ${kind}`)
  }
}

function object(schema) {
  const required = new Set(schema.required)
  const own = Object.entries(schema.properties ?? {}).map(
    ([name, s]) => doc(s) + field(name, s, required.has(name)),
  )
  if (own.length > 0) return `{\n${own.join('\n')}\n}`
  const rest = schema.additionalProperties
  return `Record<string, ${typeof rest === 'object' ? type(rest) : rest === false ? 'never' : 'unknown'}>`
}

function field(name, schema, required) {
  return `${JSON.stringify(name)}${required ? '' : '?'}: ${type(schema)}`
}

function doc(schema) {
  return schema.description ? `/** ${schema.description.replaceAll('*/', '* /')} */\n` : ''
}

/** What to read, as a form says it. */
import type { RecordQuery } from '@thryve-webhook/middleware'
import type { Fields } from './forms'
import { Refusal } from './refusal'

const MAX_USER_LENGTH = 512
const MAX_TYPES = 200
/** The latest instant a Date can hold. */
const MAX_MS = 8.64e15

const readInstant = (fields: Fields, field: 'from' | 'to'): Date | undefined => {
  const text = fields.get(field) ?? ''
  if (text === '') return undefined
  if (!/^-?\d{1,16}$/.test(text) || Math.abs(Number(text)) > MAX_MS) throw new Refusal('INSPECTOR_BAD_INPUT', { field })
  return new Date(Number(text))
}

const readIds = (fields: Fields, field: 'type'): number[] => {
  const texts = fields.getAll(field)
  if (texts.length > MAX_TYPES || texts.some((text) => !/^-?\d{1,15}$/.test(text))) {
    throw new Refusal('INSPECTOR_BAD_INPUT', { field })
  }
  return texts.map(Number)
}

/** Reads a query. @throws Refusal `INSPECTOR_BAD_INPUT` that names the field. */
export const readQuery = (fields: Fields): RecordQuery => {
  const endUserId = (fields.get('user') ?? '').trim()
  if (endUserId === '' || endUserId.length > MAX_USER_LENGTH)
    throw new Refusal('INSPECTOR_BAD_INPUT', { field: 'user' })
  const dimension = fields.get('dimension')
  if (dimension !== 'epoch' && dimension !== 'daily') throw new Refusal('INSPECTOR_BAD_INPUT', { field: 'dimension' })
  const from = readInstant(fields, 'from')
  const to = readInstant(fields, 'to')
  if (from !== undefined && to !== undefined && from >= to) throw new Refusal('INSPECTOR_BAD_INPUT', { field: 'to' })
  const dataTypeIds = readIds(fields, 'type')
  return {
    endUserId,
    dimension,
    ...(from && { from }),
    ...(to && { to }),
    ...(dataTypeIds.length > 0 && { dataTypeIds })
  }
}

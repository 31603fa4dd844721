import * as t from 'io-ts'
import type { TimestampType } from '../events'
import { Digits, FiniteNumber, Integer } from './number'
import { optional, optionalTimestamp } from './optional'
import { shape } from './shape'
import { Text, UpperCaseWord } from './text'
import { instant } from './timestamp'

const detailsCodec = (form: TimestampType) =>
  shape('additional details', {
    creationTimestamp: optionalTimestamp(instant[form]),
    dataTypeName: optional(Text),
    valueType: optional(Text),
    thirdPartyDataSourceId: optional(Integer),
    thirdPartyDataSourceName: optional(Text),
    measurementReference: optional(Digits),
    generationType: optional(UpperCaseWord),
    /** Another name of `generationType`, seen in exports. */
    generation: optional(UpperCaseWord),
    trustworthiness: optional(Text),
    medicalGrade: optional(t.boolean),
    chronologicalExactness: optional(FiniteNumber)
  })

/**
 * `additionalDetails`, each of which can be switched off at Thryve; by the timestamp form they encode to.
 *
 * @example details.ISO.decode({ dataTypeName: 'Steps', valueType: 'DOUBLE' })
 */
export const details = { ISO: detailsCodec('ISO'), UNIX: detailsCodec('UNIX') }

/** Decoded details. */
export type Details = t.TypeOf<typeof details.ISO>

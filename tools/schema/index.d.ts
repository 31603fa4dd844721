import type { Mixed } from 'io-ts'

/** A field of an object on the wire. */
export interface Field {
  readonly name: string
  /** Absent where everything is accepted. */
  readonly codec: Mixed | undefined
  readonly isOptional: boolean
  readonly isNullable: boolean
}

/** The codecs that schemas are made from. */
export interface Codecs {
  readonly envelope: Mixed
  readonly source: Mixed
  readonly epochItem: Mixed
  readonly dailyItem: Mixed
  readonly details: Mixed
  readonly notifications: Readonly<Record<string, Mixed>>
  readonly eventNames: readonly string[]
}

/** The schemas by file name. */
export declare const schemasOf: (codecs: Codecs) => Readonly<Record<'delivery.json' | 'record.json', object>>

/** The fields of a codec of an object. */
export declare const fieldsOf: (codec: Mixed) => readonly Field[]

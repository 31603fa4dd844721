/** What the page's scripts are sent, as JSON. Times are unix milliseconds unless they say otherwise. */

/** How long each step of a delivery took, in milliseconds. */
export interface LiveSteps {
  readonly decompressMs?: number
  readonly decodeMs?: number
  readonly saveMs?: number
  readonly listenersMs?: number
}

/** What became of a delivery once it was worked on. */
export interface LiveWork {
  readonly outcome: string
  readonly code?: string
  readonly attempt: number
  readonly type?: string
  readonly bytes: number
  readonly decompressedBytes?: number
  readonly inserted: number
  readonly updated: number
  readonly unchanged: number
  readonly stale: number
  readonly badRecords: number
  readonly steps: LiveSteps
  readonly durationMs: number
}

/** How a delivery was answered. */
export interface LiveAnswer {
  readonly status: number
  readonly code?: string
  readonly durationMs: number
  readonly bytes: number
}

/** One delivery of the live list. */
export interface LiveEntry {
  /** Grows with every entry. */
  readonly id: number
  readonly at: number
  readonly deliveryId?: string
  readonly answer?: LiveAnswer
  readonly work?: LiveWork
}

/** One slot of the last hour. */
export interface HealthSample {
  /** When the slot ended. */
  readonly at: number
  readonly answers: number
  readonly nonOk: number
  /** Records that were stored or found stored. */
  readonly records: number
  readonly p50Ms: number | null
  readonly p99Ms: number | null
  readonly waiting: number | null
  readonly dead: number | null
  readonly state: 'ok' | 'degraded' | 'failing' | null
}

/** What the health view shows. */
export interface HealthReport {
  readonly now: number
  readonly sampleSeconds: number
  readonly state: 'ok' | 'degraded' | 'failing'
  readonly reasons: readonly { readonly code: string; readonly text: string }[]
  readonly answers: number
  readonly nonOk: number
  readonly slow: number
  readonly windowMs: number
  readonly consecutiveFailures: number
  readonly p50Ms: number | null
  readonly p99Ms: number | null
  readonly inFlight: number
  readonly backlog?: {
    readonly ready: number
    readonly leased: number
    readonly dead: number
    readonly oldestPendingAt?: number
  }
  readonly sources: readonly {
    readonly dataSourceId: number
    readonly lastSeenAt: number
    readonly isSilent: boolean
  }[]
  readonly samples: readonly HealthSample[]
}

/** One type of a user's records, counted. */
export interface TypeCount {
  readonly dataTypeId: number
  readonly name?: string
  readonly records: number
}

/** When a source brought records. */
export interface SourceCoverage {
  readonly dataSourceId: number
  readonly name?: string
  readonly records: number
  /** On how many days there was a record at all. */
  readonly days: number
  /** On how many days there was a record in that hour, UTC; of daily records empty. */
  readonly hours: readonly number[]
}

/** A user's records, counted. It holds no value. */
export interface Overview {
  readonly records: number
  /** Whether the scan ended at its limit. */
  readonly isPartial: boolean
  readonly from: number | null
  readonly to: number | null
  readonly days: number
  readonly types: readonly TypeCount[]
  readonly sources: readonly SourceCoverage[]
}

/** One source's line of a chart: for each of the chart's times a value, or `null`. */
export interface SourceSeries {
  readonly dataSourceId: number
  readonly name?: string
  readonly mean: readonly (number | null)[]
  readonly min: readonly (number | null)[]
  readonly max: readonly (number | null)[]
}

/** The chart of one type. */
export interface TypeChart {
  readonly dataTypeId: number
  readonly name?: string
  /** Unix seconds, as the chart library wants them. */
  readonly times: readonly number[]
  readonly sources: readonly SourceSeries[]
  readonly records: number
  /** How many records hold something that is no number. */
  readonly withoutNumber: number
}

/** The charts of the chosen types. */
export interface Charts {
  readonly dimension: 'epoch' | 'daily'
  readonly from: number | null
  readonly to: number | null
  readonly records: number
  readonly isPartial: boolean
  /** Lines beyond the limit, which are not drawn. */
  readonly omittedSeries: number
  readonly charts: readonly TypeChart[]
}

/** One row of the table. */
export interface TableRow {
  readonly at: string
  readonly until?: string
  readonly type: string
  readonly source: string
  readonly generationType?: string
  readonly createdAt?: string
  /** Only when values were asked for. */
  readonly value?: string
}

/** A page of the table, newest first. */
export interface TablePage {
  readonly rows: readonly TableRow[]
  readonly next?: string
}

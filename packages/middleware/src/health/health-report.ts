/** What `webhook.health()` says. */

/** `ok` · `degraded`: look at it today · `failing`: look at it now, Thryve may switch the webhook off. */
export type HealthState = 'ok' | 'degraded' | 'failing'

/** Why the state is not `ok`. Codes are stable; docs/observability.md tells what to do about each. */
export type HealthCode =
  | 'store-failing'
  | 'answers-failing'
  | 'answers-failing-in-a-row'
  | 'answers-slow'
  | 'nothing-verified'
  | 'unverified'
  | 'closing'
  | 'backlog-full'
  | 'backlog-old'
  | 'dead-letters'
  | 'source-silent'

/** One reason. */
export interface HealthReason {
  readonly code: HealthCode
  readonly severity: Exclude<HealthState, 'ok'>
  /** A sentence for people, with figures and without data. */
  readonly text: string
}

/** A source of data, and when it was heard of last. */
export interface SourceHealth {
  readonly dataSourceId: number
  readonly lastSeenAt: Date
  /** Longer than its usual rhythm lets expect. */
  readonly isSilent: boolean
}

/** How this receiver is doing. Of several receivers each tells of itself; store, backlog and quarantine are everyone's. */
export interface HealthReport {
  readonly state: HealthState
  /** The gravest first. */
  readonly reasons: readonly HealthReason[]
  /** What was answered lately. Requests with another method than POST are not counted: Thryve posts. */
  readonly window: {
    /** How far back it reaches. */
    readonly ms: number
    readonly answers: number
    /** Not 2xx, whoever's fault. */
    readonly nonOk: number
    /** Not 2xx since the request was not shown to be Thryve's: 4xx before the signature was verified. */
    readonly unverified: number
    /** Over `health.slowMs`. */
    readonly slow: number
  }
  /** How many answers in a row were not 2xx, those to unverified requests apart. */
  readonly consecutiveFailures: number
  /** Of the window's answers, the last 1,024 at most; absent when there were none. */
  readonly answerMs?: { readonly p50: number; readonly p99: number }
  /** How many deliveries are being received or worked on by this process. */
  readonly inFlight: number
  /** The inbox, where the adapter has one that can be asked. */
  readonly backlog?: {
    readonly ready: number
    readonly leased: number
    readonly dead: number
    readonly oldestPendingAt?: Date
  }
  /** Where the adapter can count it. */
  readonly quarantine?: { readonly size: number }
  /** The sources heard of by this process, those seen last first; 100 at most. */
  readonly sources: readonly SourceHealth[]
  /** Whether the store can be used. `unknown`: the adapter cannot tell. */
  readonly store: 'ok' | 'failing' | 'unknown'
}

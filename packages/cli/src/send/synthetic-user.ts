/** People who do not exist: each with a device, a place and habits. */
import { type Random, randomOf } from './random'

/** What stays the same about a user. */
export interface SyntheticUser {
  readonly endUserId: string
  readonly endUserAlias: string
  readonly dataSourceId: number
  readonly dataSourceName: string
  /** The device behind an aggregating source; the others have none. */
  readonly devices: readonly { readonly thirdPartyDataSourceId?: number; readonly thirdPartyDataSourceName?: string }[]
  /** Minutes east of UTC. */
  readonly timezoneOffset: number
  /** Hours of the day, by the user's clock. */
  readonly wakesAt: number
  readonly sleepsAt: number
  /** Beats a minute. */
  readonly restingHeartRate: number
  readonly stepsPerDay: number
}

const SOURCES: readonly [Source, ...Source[]] = [
  {
    dataSourceId: 5,
    dataSourceName: 'Apple',
    devices: [
      { thirdPartyDataSourceId: 1, thirdPartyDataSourceName: 'Synthetic Watch' },
      { thirdPartyDataSourceId: 2, thirdPartyDataSourceName: 'Synthetic Phone' }
    ]
  },
  { dataSourceId: 2, dataSourceName: 'Garmin', devices: [{}] },
  { dataSourceId: 1, dataSourceName: 'Fitbit', devices: [{}] },
  { dataSourceId: 18, dataSourceName: 'Oura', devices: [{}] }
]

type Source = Pick<SyntheticUser, 'dataSourceId' | 'dataSourceName' | 'devices'>

/** The id of the user of this number. No other seed has a user of this id. */
export const userIdOf = (seed: string, number: number): string => `synthetic-${seed}-${number}`

/** Makes the user of this number. */
export const syntheticUser = (seed: string, number: number): SyntheticUser => {
  const random: Random = randomOf(seed, `user ${number}`)
  return {
    endUserId: userIdOf(seed, number),
    endUserAlias: `Synthetic user ${number}`,
    ...random.pick(SOURCES),
    timezoneOffset: random.pick([-480, -300, 0, 60, 120, 330, 540]),
    wakesAt: random.around(6.8, 0.7),
    sleepsAt: random.around(22.8, 0.7),
    restingHeartRate: Math.round(random.around(60, 7)),
    stepsPerDay: Math.max(1_500, Math.round(random.around(8_500, 2_800)))
  }
}

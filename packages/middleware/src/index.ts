export {
  type ContentEncoding,
  contentEncodingOf,
  createDecompressor,
  type DecompressOptions,
  type Decompressor,
  type DecompressorOptions,
  decompress
} from './body/decompress'
export { type Capture, decodeCapture, encodeCapture } from './capture/capture'
export { type CaptureOptions, type CaptureOutcome, createRecorder, type Recorder } from './capture/recorder'
export { type Decoded, Delivery, decodeDelivery, type Undecodable } from './codecs/delivery'
export { encodeDelivery, type WireDelivery } from './codecs/encode-delivery'
export { dailyItem, detailFields, epochItem } from './codecs/item'
export { notification } from './codecs/notification'
export { day, instant } from './codecs/timestamp'
export { parseValue } from './codecs/value'
export { type ErrorCode, errorCodes, statusOf, ThryveError } from './errors'
export {
  type DailyEvent,
  type DailyNotification,
  type DataEvent,
  type DeliveryContext,
  type EpochEvent,
  type EpochNotification,
  type EventMap,
  type EventName,
  type EventOf,
  type EventPattern,
  eventNames,
  type SourceNotification,
  type ThryveEvent,
  type TimestampType
} from './events'
export { type HealthHandler, healthHandler } from './health/health-handler'
export type { HealthCode, HealthReason, HealthReport, HealthState, SourceHealth } from './health/health-report'
export type { HealthOptions, HealthThresholds } from './health/health-thresholds'
export { type FastifyHost, type FastifyWebhookPlugin, fastifyPlugin } from './hosts/fastify-plugin'
export { fetchHandler } from './hosts/fetch-handler'
export {
  type KoaContext,
  type KoaMiddlewareOptions,
  type KoaWebhookMiddleware,
  koaMiddleware
} from './hosts/koa-middleware'
export { type LambdaEvent, type LambdaResult, lambdaHandler } from './hosts/lambda-handler'
export { type Identity, recordKey, recordVersion, type VersionContext } from './identity'
export { type ParseJsonOptions, parseJson, stringifyJson } from './json'
export { type HostRequest, type ThryveWebhook, thryveWebhook } from './middleware'
export type { Clock, Logger, Secret, SecretLookup, SecretRequest, Settings, ThryveOptions } from './options/options'
export type { Slot } from './receive/admission'
export type { Answer, IncomingDelivery } from './receive/receive'
export { createReceiver, type Receiver, receive } from './receiver'
export type { DailyRecord, Dimension, EpochRecord, ParsedValue, RecordFields, ThryveRecord } from './records'
export type { Listener, ListenerArgument, ListenerName, SignalMap, SignalName, TurnOutcome } from './signals'
export type { Authentication } from './signature/authenticate'
export {
  type MatchedScheme,
  type MatchObstacle,
  matchedScheme,
  schemeOf,
  writeOptions
} from './signature/matched-scheme'
export {
  defaultScheme,
  type Headers,
  type SignatureScheme,
  type SignOptions,
  sign,
  type VerifyOptions,
  verify
} from './signature/signature'
export {
  type BodyForm,
  type SignatureFindings,
  type SignatureMatch,
  type SignatureSearch,
  searchSignature
} from './signature/signature-search'
export type { Step, StepFilter, StepInterceptor, StepName } from './steps'
export type {
  Claim,
  Inbox,
  InboxEntry,
  InboxEntryDetails,
  InboxState,
  InboxStats,
  Lease,
  LeaseRequest,
  PutResult,
  Release
} from './storage/inbox'
export type {
  DecodeFailure,
  DroppedEntry,
  Quarantine,
  QuarantineBounds,
  QuarantineEntry,
  QuarantineItem,
  QuarantineSummary
} from './storage/quarantine'
export type { Page, PageQuery, RawDelivery } from './storage/raw-delivery'
export type {
  DeletedUser,
  RecordQuery,
  SaveBatch,
  SaveResult,
  StorageAdapter,
  VersionedRecord
} from './storage/storage'

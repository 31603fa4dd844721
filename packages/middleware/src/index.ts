export type { Slot } from './admission'
export type { Authentication } from './authenticate'
export { type Capture, decodeCapture, encodeCapture } from './capture'
export { type Decoded, Delivery, decodeDelivery, type Undecodable } from './codecs/delivery'
export { encodeDelivery, type WireDelivery } from './codecs/encode-delivery'
export { dailyItem, detailFields, epochItem } from './codecs/item'
export { notification } from './codecs/notification'
export { day, instant } from './codecs/timestamp'
export { parseValue } from './codecs/value'
export {
  type ContentEncoding,
  contentEncodingOf,
  createDecompressor,
  type DecompressOptions,
  type Decompressor,
  type DecompressorOptions,
  decompress
} from './decompress'
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
export { type HealthHandler, healthHandler } from './health-handler'
export type { HealthCode, HealthReason, HealthReport, HealthState, SourceHealth } from './health-report'
export type { HealthOptions, HealthThresholds } from './health-thresholds'
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
export { type MatchedScheme, type MatchObstacle, matchedScheme, schemeOf, writeOptions } from './matched-scheme'
export { type HostRequest, type ThryveWebhook, thryveWebhook } from './middleware'
export type { Clock, Logger, Secret, SecretLookup, SecretRequest, Settings, ThryveOptions } from './options'
export type { Answer, IncomingDelivery } from './receive'
export { createReceiver, type Receiver, receive } from './receiver'
export { type CaptureOptions, type CaptureOutcome, createRecorder, type Recorder } from './recorder'
export type { DailyRecord, Dimension, EpochRecord, ParsedValue, RecordFields, ThryveRecord } from './records'
export type { Listener, ListenerArgument, ListenerName, SignalMap, SignalName, TurnOutcome } from './signals'
export {
  defaultScheme,
  type Headers,
  type SignatureScheme,
  type SignOptions,
  sign,
  type VerifyOptions,
  verify
} from './signature'
export {
  type BodyForm,
  type SignatureFindings,
  type SignatureMatch,
  type SignatureSearch,
  searchSignature
} from './signature-search'
export type { Step, StepInterceptor, StepName } from './steps'
export type {
  Claim,
  DecodeFailure,
  DeletedUser,
  DroppedEntry,
  Inbox,
  InboxEntry,
  InboxEntryDetails,
  InboxState,
  InboxStats,
  Lease,
  LeaseRequest,
  Page,
  PageQuery,
  PutResult,
  Quarantine,
  QuarantineBounds,
  QuarantineEntry,
  QuarantineItem,
  QuarantineSummary,
  RawDelivery,
  RecordQuery,
  Release,
  SaveBatch,
  SaveResult,
  StorageAdapter,
  VersionedRecord
} from './storage'

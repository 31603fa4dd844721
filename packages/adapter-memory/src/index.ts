export { type MemoryAdapter, type MemoryAdapterOptions, memoryAdapter } from './memory-adapter'

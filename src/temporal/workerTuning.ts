/** The settings of every worker that differ from the SDK's defaults, each with its reason. */
export const workerTuning = {
  /** Heartbeats leave at most this long after they are made: progress moves, cancellation arrives (SDK: up to 60 s). */
  maxHeartbeatThrottleInterval: '2 seconds',
  defaultHeartbeatThrottleInterval: '2 seconds',
  /** After a worker's death its workflows wait this long for it before another one takes them (SDK: 10 s). */
  stickyQueueScheduleToStartTimeout: '3 seconds',
  /** Each awaited migration holds a slot as long as it runs (SDK: 100). */
  maxConcurrentActivityTaskExecutions: 500,
  /** How long running activities may go on after SIGTERM before they are cancelled (SDK: 0). */
  shutdownGraceTime: '15 seconds',
  /** When a worker gives up waiting for its activities and ends (SDK: never). */
  shutdownForceTime: '60 seconds',
} as const;

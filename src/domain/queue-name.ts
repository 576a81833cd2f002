/** What a queue of people may be called: campaigns, workflows and agents say it, so it is fixed and plain. */
export const QUEUE_NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;

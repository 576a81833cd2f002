CREATE TABLE `api_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`org_id` text NOT NULL,
	`name` text NOT NULL,
	`key_hash` text NOT NULL,
	`scopes` text NOT NULL,
	`limits` text,
	`expires_at` integer,
	`revoked_at` integer,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`org_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_hash` ON `api_keys` (`key_hash`);--> statement-breakpoint
CREATE INDEX `api_keys_by_org` ON `api_keys` (`org_id`,`id`);--> statement-breakpoint
CREATE TABLE `call_rollups` (
	`org_id` text NOT NULL,
	`scope` text NOT NULL,
	`grain` text NOT NULL,
	`bucket` integer NOT NULL,
	`live` integer DEFAULT 0 NOT NULL,
	`voicemail` integer DEFAULT 0 NOT NULL,
	`no_answer` integer DEFAULT 0 NOT NULL,
	`failed` integer DEFAULT 0 NOT NULL,
	`connected_none` integer DEFAULT 0 NOT NULL,
	`connected_positive` integer DEFAULT 0 NOT NULL,
	`connected_neutral` integer DEFAULT 0 NOT NULL,
	`connected_negative` integer DEFAULT 0 NOT NULL,
	`talk_seconds` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`org_id`, `scope`, `grain`, `bucket`)
);
--> statement-breakpoint
CREATE TABLE `calls` (
	`id` text PRIMARY KEY NOT NULL,
	`org_id` text NOT NULL,
	`campaign_id` text NOT NULL,
	`contact_id` text,
	`carrier_id` text NOT NULL,
	`call_type` text NOT NULL,
	`from_number` text NOT NULL,
	`to_number` text NOT NULL,
	`status` text NOT NULL,
	`outcome` text,
	`ended_reason` text,
	`fault` text,
	`sentiment` text,
	`summary` text,
	`duration` integer,
	`started_at` integer NOT NULL,
	`answered_at` integer,
	`ended_at` integer,
	`must_end_at` integer,
	`carrier_call_id` text,
	`projected_seq` integer DEFAULT 0 NOT NULL,
	`analysis` text,
	`workflow_patches` text,
	`key_details` text,
	`transfer` text,
	`carrier_recording_id` text,
	`recording_key` text,
	`recording_seconds` integer,
	FOREIGN KEY (`org_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`campaign_id`) REFERENCES `campaigns`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`contact_id`) REFERENCES `contacts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`carrier_id`) REFERENCES `carriers`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `calls_by_time` ON `calls` (`org_id`,`started_at`,`id`);--> statement-breakpoint
CREATE INDEX `calls_by_campaign` ON `calls` (`org_id`,`campaign_id`,`started_at`,`id`);--> statement-breakpoint
CREATE INDEX `calls_by_contact` ON `calls` (`org_id`,`contact_id`,`started_at`,`id`);--> statement-breakpoint
CREATE INDEX `calls_by_type` ON `calls` (`org_id`,`call_type`,`started_at`,`id`);--> statement-breakpoint
CREATE INDEX `calls_by_outcome` ON `calls` (`org_id`,`outcome`,`started_at`,`id`);--> statement-breakpoint
CREATE INDEX `calls_by_sentiment` ON `calls` (`org_id`,`sentiment`,`started_at`,`id`);--> statement-breakpoint
CREATE INDEX `calls_live` ON `calls` (`started_at`,`id`) WHERE ended_at IS NULL;--> statement-breakpoint
CREATE INDEX `calls_live_by_org` ON `calls` (`org_id`,`started_at`,`id`) WHERE ended_at IS NULL;--> statement-breakpoint
CREATE UNIQUE INDEX `calls_one_per_inbound_carrier_call` ON `calls` (`carrier_id`,`carrier_call_id`) WHERE call_type = 'inbound';--> statement-breakpoint
CREATE UNIQUE INDEX `calls_one_live_per_number` ON `calls` (`org_id`,`to_number`) WHERE call_type = 'outbound' AND ended_at IS NULL;--> statement-breakpoint
CREATE TABLE `campaigns` (
	`id` text PRIMARY KEY NOT NULL,
	`org_id` text NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`status` text DEFAULT 'draft' NOT NULL,
	`voice_agent_id` text,
	`carrier_id` text,
	`phone_number` text,
	`branches` text,
	`start_date` text,
	`end_date` text,
	`time_window` text,
	`config` text NOT NULL,
	`created_at` integer NOT NULL,
	`deleted_at` integer,
	FOREIGN KEY (`org_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`voice_agent_id`) REFERENCES `voice_agents`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`carrier_id`) REFERENCES `carriers`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `campaigns_by_org` ON `campaigns` (`org_id`,`id`);--> statement-breakpoint
CREATE INDEX `campaigns_inbound_by_number` ON `campaigns` (`carrier_id`,`phone_number`) WHERE kind = 'inbound';--> statement-breakpoint
CREATE UNIQUE INDEX `campaigns_one_active_inbound_per_number` ON `campaigns` (`org_id`,`phone_number`) WHERE kind = 'inbound' AND status = 'active';--> statement-breakpoint
CREATE TABLE `carrier_numbers` (
	`carrier_id` text NOT NULL,
	`org_id` text NOT NULL,
	`phone` text NOT NULL,
	`country` text,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`carrier_id`, `phone`),
	FOREIGN KEY (`carrier_id`) REFERENCES `carriers`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`org_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `carrier_numbers_by_org` ON `carrier_numbers` (`org_id`,`phone`);--> statement-breakpoint
CREATE TABLE `carriers` (
	`id` text PRIMARY KEY NOT NULL,
	`org_id` text NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`account_sid` text NOT NULL,
	`auth_token_encrypted` text NOT NULL,
	`api_base_url` text,
	`calls_per_second` integer DEFAULT 1 NOT NULL,
	`max_concurrent` integer,
	`created_at` integer NOT NULL,
	`deleted_at` integer,
	FOREIGN KEY (`org_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `carriers_by_org` ON `carriers` (`org_id`,`id`);--> statement-breakpoint
CREATE TABLE `contacts` (
	`id` text PRIMARY KEY NOT NULL,
	`org_id` text NOT NULL,
	`phone` text NOT NULL,
	`name` text,
	`email` text,
	`tags` text,
	`preferred_language` text,
	`metadata` text,
	`total_calls` integer DEFAULT 0 NOT NULL,
	`last_contact` integer,
	`created_at` integer NOT NULL,
	`deleted_at` integer,
	FOREIGN KEY (`org_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `contacts_by_org` ON `contacts` (`org_id`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `contacts_phone` ON `contacts` (`org_id`,`phone`);--> statement-breakpoint
CREATE TABLE `dead_letters` (
	`message_id` text PRIMARY KEY NOT NULL,
	`queue` text NOT NULL,
	`call_id` text,
	`org_id` text,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `dead_letters_by_org` ON `dead_letters` (`org_id`,`created_at`);--> statement-breakpoint
CREATE TABLE `desk_sessions` (
	`hash` text PRIMARY KEY NOT NULL,
	`key_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `idempotency_keys` (
	`org_id` text NOT NULL,
	`method` text NOT NULL,
	`path` text NOT NULL,
	`key` text NOT NULL,
	`fingerprint` text NOT NULL,
	`holder` text NOT NULL,
	`lease_until_ms` integer NOT NULL,
	`status` integer,
	`headers` text,
	`body` text,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`org_id`, `method`, `path`, `key`)
);
--> statement-breakpoint
CREATE INDEX `idempotency_keys_by_age` ON `idempotency_keys` (`created_at`);--> statement-breakpoint
CREATE TABLE `opt_out_removals` (
	`id` integer PRIMARY KEY NOT NULL,
	`org_id` text NOT NULL,
	`phone` text NOT NULL,
	`reason` text NOT NULL,
	`opt_out_reason` text,
	`opted_out_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`org_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `opt_out_removals_by_number` ON `opt_out_removals` (`org_id`,`phone`,`id`);--> statement-breakpoint
CREATE TABLE `opt_outs` (
	`org_id` text NOT NULL,
	`phone` text NOT NULL,
	`reason` text,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`org_id`, `phone`),
	FOREIGN KEY (`org_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `opt_outs_by_time` ON `opt_outs` (`org_id`,`created_at`,`phone`);--> statement-breakpoint
CREATE TABLE `organisations` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`allowed_countries` text,
	`recordings_at_carrier` text DEFAULT 'keep' NOT NULL,
	`model_base_url` text,
	`model_name` text,
	`model_key_encrypted` text,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `queues` (
	`id` text PRIMARY KEY NOT NULL,
	`org_id` text NOT NULL,
	`name` text NOT NULL,
	`accept` text DEFAULT 'key' NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`org_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `queues_name` ON `queues` (`org_id`,`name`);--> statement-breakpoint
CREATE TABLE `transcripts` (
	`call_id` text PRIMARY KEY NOT NULL,
	`org_id` text NOT NULL,
	`turns` text NOT NULL,
	FOREIGN KEY (`call_id`) REFERENCES `calls`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`org_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `voice_agents` (
	`id` text PRIMARY KEY NOT NULL,
	`org_id` text NOT NULL,
	`name` text NOT NULL,
	`role` text,
	`description` text,
	`avatar_color` text,
	`avatar_initials` text,
	`voice_config` text NOT NULL,
	`is_active` integer DEFAULT true NOT NULL,
	`created_at` integer NOT NULL,
	`deleted_at` integer,
	FOREIGN KEY (`org_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `voice_agents_by_org` ON `voice_agents` (`org_id`,`id`);--> statement-breakpoint
CREATE TABLE `webhooks` (
	`id` text PRIMARY KEY NOT NULL,
	`org_id` text NOT NULL,
	`name` text NOT NULL,
	`url` text NOT NULL,
	`events` text NOT NULL,
	`headers_encrypted` text,
	`secret_encrypted` text NOT NULL,
	`previous_secret_encrypted` text,
	`previous_secret_until` integer,
	`status` text DEFAULT 'active' NOT NULL,
	`paused_reason` text,
	`paused_at` integer,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`org_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `webhooks_by_org` ON `webhooks` (`org_id`,`id`);
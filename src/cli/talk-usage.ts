/** What `npm run talk -- --help` prints. */
export const TALK_USAGE = `npm run talk -- [OPTIONS]

A talk with the agent, typed instead of spoken, through a real call: of an instance of its own, or of a deployment.

  --inbound               you call the agent; without, it calls you
  --name NAME             who you are, as the contact has it
  --metadata JSON         what is known of you, as a JSON object
  --agent NAME            the agent's name
  --persona TEXT          what the agent is told of its task; it takes a model to heed it
  --persona-file FILE     … as a file has it
  --language TAG          what the agent speaks, such as en-GB
  --silence               who does not type is silent, and no sign of life is given for them
  --json                  prints the record of the call alone, as JSON on one line
  --help, -h              prints this

Through a running deployment with a sandbox carrier, whose campaign and agent are put back as they were:

  --url URL               where it is
  --campaign ID           the campaign whose agent is talked to
  --account-sid SID       the sandbox carrier's account

Its secrets are read from the environment: API_KEY, an API key of the organisation, and AUTH_TOKEN, the token of the
account.

An instance of its own thinks with the model that MODEL_BASE_URL, MODEL_NAME and MODEL_API_KEY name; without, its agent
talks by script.`;

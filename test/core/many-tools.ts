import { tool, type Schema, type Tool } from "@pawl/core";

/** Where tools come from, what they are about there, and what that is. */
const services: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  github: {
    issue: "an issue of a repository",
    pull_request: "a pull request with its reviews",
    branch: "a branch of a repository",
    release: "a tagged release with its assets",
  },
  gitlab: {
    merge_request: "a merge request",
    pipeline: "a CI pipeline run",
    project: "a project",
    runner: "a CI runner",
  },
  calendar: {
    event: "a calendar event with its attendees",
    reminder: "a reminder before an event",
    calendar: "a calendar of the account",
    attendee: "a person invited to an event",
  },
  gmail: {
    message: "an email message",
    draft: "an email that is not sent yet",
    label: "a label on email threads",
    filter: "a rule that sorts incoming email",
  },
  slack: {
    message: "a message in a channel",
    channel: "a channel of the workspace",
    reaction: "an emoji reaction to a message",
    user_group: "a group of users that can be mentioned",
  },
  jira: {
    ticket: "a ticket on a board",
    sprint: "a sprint of a team",
    board: "a Kanban or Scrum board",
    worklog: "time logged on a ticket",
  },
  notion: {
    page: "a page of the workspace",
    database: "a database of pages",
    block: "a block of content on a page",
    comment: "a comment on a page",
  },
  stripe: {
    charge: "a charge on a card",
    refund: "a refund of a charge",
    subscription: "a recurring subscription of a customer",
    invoice: "an invoice for a customer",
  },
  salesforce: {
    lead: "a sales lead",
    opportunity: "a deal in the pipeline",
    account: "a company account",
    contact: "a person at an account",
  },
  hubspot: {
    campaign: "a marketing campaign",
    deal: "a deal in the sales pipeline",
    form: "a form on a landing page",
    newsletter: "a newsletter to subscribers",
  },
  aws_s3: {
    bucket: "a storage bucket",
    object: "an object stored in a bucket",
    lifecycle_rule: "a rule that expires objects",
    access_policy: "a policy of who may read a bucket",
  },
  aws_ec2: {
    instance: "a virtual machine",
    security_group: "firewall rules of instances",
    snapshot: "a snapshot of a disk volume",
    key_pair: "an SSH key pair",
  },
  kubernetes: {
    pod: "a pod of a cluster",
    deployment: "a deployment and its replicas",
    secret: "a secret for workloads",
    namespace: "a namespace of a cluster",
  },
  postgres: {
    table: "a table of a database",
    index: "an index on a table",
    row: "rows of a table",
    role: "a database role and its grants",
  },
  datadog: {
    monitor: "a monitor that alerts on a metric",
    dashboard: "a dashboard of graphs",
    log: "application log lines",
    downtime: "a window in which alerts are muted",
  },
  pagerduty: {
    incident: "an incident that pages people",
    schedule: "an on-call schedule",
    escalation_policy: "who is paged next",
    service: "a monitored service",
  },
  zendesk: {
    ticket: "a support ticket of a customer",
    macro: "a canned reply",
    satisfaction_rating: "a customer's rating of support",
    organization: "an organization of end users",
  },
  shopify: {
    product: "a product of the shop",
    order: "an order of a customer",
    discount: "a discount code",
    inventory_level: "how many pieces are in stock",
  },
  dropbox: {
    file: "a file in the cloud storage",
    folder: "a folder in the cloud storage",
    shared_link: "a public link to a file",
    file_request: "a request that lets others upload",
  },
  spotify: {
    playlist: "a playlist of tracks",
    track: "a song",
    queue: "the queue of the player",
    episode: "an episode of a podcast",
  },
  maps: {
    route: "a route between places",
    place: "a place such as a shop or restaurant",
    geocode: "coordinates of a street address",
    traffic_report: "the traffic on a road",
  },
  weather: {
    forecast: "the forecast for the coming days",
    alert: "a warning of a storm or flood",
    observation: "measured temperature and rain",
    air_quality: "pollution of the air",
  },
  travel: {
    flight: "a flight between two airports",
    hotel: "a hotel room",
    car_rental: "a rented car",
    itinerary: "the plan of a trip",
  },
  hr: {
    employee: "an employee's record",
    leave_request: "a request for vacation or sick leave",
    payslip: "a monthly salary statement",
    job_opening: "an open position",
  },
  crm: {
    customer: "a customer's master data",
    note: "a note on a customer",
    segment: "a segment of customers for marketing",
    task: "a follow-up task for a salesperson",
  },
};

const text = { type: "string" };

const verbs: Readonly<Record<string, readonly [string, Readonly<Record<string, object>>]>> = {
  list: [
    "List all of a kind, newest first, page by page:",
    {
      filter: { ...text, description: "Only those that match" },
      page: { type: "integer", description: "Page number, from 1" },
    },
  ],
  get: ["Get the details of", { id: { ...text, description: "Identifier" } }],
  create: [
    "Create",
    {
      name: { ...text, description: "Name or title" },
      fields: { type: "object", description: "Values of the other fields" },
    },
  ],
  update: [
    "Change fields of",
    {
      id: { ...text, description: "Identifier" },
      fields: { type: "object", description: "New values, only of the fields to change" },
    },
  ],
  delete: [
    "Permanently delete",
    {
      id: { ...text, description: "Identifier" },
      confirm: { type: "boolean", description: "Must be true" },
    },
  ],
};

/** 500 tools as they come from a company's servers: 25 services, four things each, five verbs. */
export function manyTools(): Tool[] {
  return Object.entries(services).flatMap(([service, things]) =>
    Object.entries(things).flatMap(([thing, what]) =>
      Object.entries(verbs).map(([verb, [phrase, properties]]) => {
        const name = `${service}_${verb}_${thing}${verb === "list" ? "s" : ""}`;
        const where = titles[service] ?? service.replace("_", " ");
        const required = Object.keys(properties).slice(0, 1);
        const inputSchema: Schema<object> = {
          json: { type: "object", properties, required },
          parse: (value) => ({ value: Object(value) as object }),
        };
        const execute = (): string => `${name} done`;
        const description = `${phrase} ${what} (${where}).`;
        return tool({ name, description, inputSchema, execute }) as Tool;
      }),
    ),
  );
}

const titles: Readonly<Record<string, string>> = {
  hr: "human resources",
  crm: "customer relations",
};

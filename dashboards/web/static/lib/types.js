/**
 * What the API answers, as types. Instants are ISO 8601 in UTC, durations seconds, positions pixels of the full
 * frame with the origin at the top left.
 *
 * @typedef {{zh: string, en: string}} Name
 * @typedef {{id: string, name: Name}} Named
 * @typedef {"desk" | "maintenance" | "manager" | "bureau" | "auditor" | "administrator"} Role
 * @typedef {"desk" | "maintenance" | "bureau" | "ledger" | "feedback" | "duty" | "plan" | "grants" | "accounts" | "audit" | "me"} PageName
 * @typedef {{username: string, display_name: Name, role: Role, pages: PageName[]}} User
 * @typedef {{username: string, display_name: Name, role: Role, estates: string[] | null, every_estate: boolean, disabled: boolean,
 *   second_factor: boolean, by_provider: boolean, sessions: number}} AccountRow
 * @typedef {Record<string, Name>} People Username → how that person is called.
 *
 * @typedef {"raised" | "acknowledged" | "confirmed" | "closed"} AlertState
 * @typedef {"critical" | "high" | "notice"} Severity
 * @typedef {{because: "score" | "below" | "height" | "size", points: number, value: string | number | null, mass_kg: number | null}} PriorityReason
 * @typedef {{id: string, state: AlertState, severity: Severity, priority: number, priority_reasons: PriorityReason[],
 *   raised_at: string, observed_at: string,
 *   time_is: "known" | "corrected" | "unknown", estate: Named, camera: Named, facade: Named | null, score: number, place: Place | null,
 *   pose_doubted: boolean,
 *   acknowledged_by: string | null, acknowledged_at: string | null,
 *   confirmed_by: string | null, confirmed_at: string | null, assigned_to: string | null,
 *   shelved_by: string | null, shelved_until: string | null, shelve_reason: string | null,
 *   closed_by: string | null, closed_at: string | null, close_reason: string | null,
 *   clip: "pending" | "stored" | "verified" | "failed" | "pruned", held: boolean}} Alert
 * @typedef {{value: number, low: number, high: number}} Estimate The interval holds the truth in 95 of 100 cases.
 * @typedef {{from_above: boolean, floor: number, floor_low: number, floor_high: number, floor_probability: number,
 *   bay: number, flat: string, flat_probability: number, height_m: Estimate, speed_m_s: Estimate | null,
 *   energy_j_per_kg: Estimate | null, size_m?: Estimate}} Place
 * @typedef {[t_s: number, x_px: number, y_px: number]} TrackPoint
 * @typedef {{x_px: number, y_px: number, uncertainty_px: number}} Origin
 * @typedef {{url: string | null, sha256: string | null, size_bytes: number | null, started_at: string | null,
 *   duration_s: number | null, event_offset_s: number | null, complete: boolean | null,
 *   hash_matches: boolean | null, signature_valid: boolean | null, signed_by: string | null,
 *   failed_reason: string | null}} ClipDetail
 * @typedef {{at: string, what: string, by: string, note: string}} HistoryLine
 * @typedef {{device: string, outcome: "on" | "failed" | "held_back", acted_at: string, reason: string}} Warning
 * @typedef {Alert & {message_id: string, last_visible_at: string, decided_at: string, received_at: string,
 *   frame: {width: number, height: number}, track: TrackPoint[], origin: Origin | null,
 *   clock: {offset_s: number | null, uncertainty_s: number | null},
 *   clip_detail: ClipDetail | null, warnings: Warning[], history: HistoryLine[],
 *   viewing: {purpose: string, note: string, until: string | null} | null, custody?: Custody, holds?: Hold[]}} AlertDetail
 * @typedef {{id: string, reason: string, by: string, at: string, until: string | null, lifted_by: string | null,
 *   lifted_at: string | null, lift_reason: string | null}} Hold
 * @typedef {{now: string, people: People, holds: (Hold & {alert: Alert})[]}} HeldList
 * @typedef {{at: string, by: string, action: string, purpose: string, content: Record<string, unknown>, entry: number | null}} Link
 * @typedef {{clip: {sha256: string | null, agent: string, announced_at: string, stored_at: string | null, state: string,
 *   entry: number | null} | null, links: Link[]}} Custody `entry` is the place in the log, null until it has one.
 * @typedef {{total: number, trusted: number, lost: Named[], faulty: Named[], unknown: Named[]}} CameraCount
 * @typedef {{now: string, change: number, people: People, estates: Named[], cameras: CameraCount, open: Alert[],
 *   closed: Alert[], colleagues: string[], handovers: Handover[]}} Desk
 * @typedef {{id: string, from: string, to: string, state: "offered" | "accepted" | "withdrawn", note: string,
 *   offered_at: string, ended_at: string | null, items: {alert: string, note: string, state: AlertState}[]}} Handover
 *
 * @typedef {{id: string, name: Name, estate: Named, state: "online" | "offline" | "unknown", since: string | null,
 *   outbox_depth: number | null, outbox_oldest_s: number | null, missing: number, lost: number,
 *   software: string, desired: Standing | null, record: DeviceRecord | null}} Agent
 * @typedef {{wanted: number, outcome: "applied" | "refused" | "confirmed" | "rolled_back" | null, reason: string,
 *   now: number | null}} Standing With what is wanted of a box; outcome is null before it has answered.
 * @typedef {{id: string, name: Name, estate: Named, agent: Named, state: "streaming" | "lost" | "unknown",
 *   since: string | null, reason: string, frames_per_s: number | null, facades: Named[],
 *   record: DeviceRecord | null}} Camera
 * @typedef {{id: string, name: Name, agent: Named, quantity: string, unit: string, value: number | null,
 *   observed_at: string | null, state: "reporting" | "silent" | "unknown",
 *   record: DeviceRecord | null}} Sensor
 * @typedef {{maker: string, model: string, serial: string, firmware: string, profile: string, profile_version: string,
 *   wanted_firmware: string, firmwares: {version: string, since: string}[]}} DeviceRecord
 * @typedef {{id: string, kind: string,
 *   subject: {type: "camera" | "sensor" | "agent" | "node" | "estate", id: string, name: Name}, estate: Named,
 *   state: "raised" | "acknowledged" | "closed", severity: "warning" | "serious" | "critical", of_picture: boolean,
 *   blinding: boolean, reason: string,
 *   value: number | null, baseline: number | null, threshold: number | null, unit: string,
 *   what: Name | null, advice: Name | null, thumbnail: string | null, since: string, cleared_at: string | null,
 *   suppressed_by: string | null, beneath: number, announced_at: string | null, shelved_until: string | null,
 *   shelve_reason: string | null,
 *   close_reason: string | null, facades: Named[], work_order: string | null}} Fault
 * @typedef {"fault" | "blind_spot" | "patrol" | "complaint" | "inspection"} OrderSource
 * @typedef {"open" | "assigned" | "taken" | "waiting" | "finished" | "closed" | "cancelled"} OrderState
 * @typedef {{id: string, number: string, state: OrderState, source: OrderSource,
 *   severity: "warning" | "serious" | "critical", kind: string | null, title: string, detail: string, reference: string,
 *   fault: string | null, estate: Named, building: string | null, facade: Named | null, floor: number | null,
 *   bay: number | null, subject: {type: "camera" | "sensor" | "agent" | "node" | "estate", id: string, name: Name} | null,
 *   opened_by: string, opened_at: string, due_at: string, overdue_at: string | null, responsible: string | null,
 *   taken_by: string | null, taken_at: string | null, finished_by: string | null, finished_at: string | null,
 *   measure: string | null, verified_by: string | null, reason: string | null, closed_at: string | null,
 *   reopened: number, reopened_at: string | null, photos: Photo[]}} WorkOrder
 * @typedef {{stage: "before" | "after", url: string}} Photo
 * @typedef {Named & {building: string, floors: number, bays: number}} FacadePlace
 * @typedef {Named & {facades: FacadePlace[]}} Grounds An estate with its facades.
 * @typedef {{now: string, change: number, people: People, agents: Agent[], cameras: Camera[], sensors: Sensor[], faults: Fault[],
 *   work_orders: WorkOrder[], technicians: string[], places: Grounds[], doubts: Doubted[]}} Maintenance
 *
 * @typedef {{at: string, watched_share: number | null}} Quarter
 * @typedef {{id: string, name: Name, building: string, floors: number, bays: number,
 *   now: "watched" | "blind" | "unknown", since: string | null, watched_share: number | null,
 *   unknown_share: number, counted_s: number, cameras: {id: string, name: Name, state: Camera["state"]}[], strip: Quarter[]}} Facade
 * @typedef {Named & {facades_total: number, facades_blind_now: number, facades_unknown_now: number}} Estate
 * @typedef {{now: string, change: number, estates: Estate[]}} Bureau
 * @typedef {{now: string, change: number, window: {from: string, to: string}, facades: Facade[]}} BureauEstate
 *
 * @typedef {{value: number | null, numerator: number, denominator: number}} MonthShare
 * @typedef {{blind: MonthShare, availability: MonthShare, picture: MonthShare, facades: number, unmodelled: number, cells: number,
 *   blind_cells: number, long_blind_cells: number, oldest_blind_s: number, overdue: number}} MonthStanding
 * @typedef {"estate" | "building" | "facade"} Level
 * @typedef {"blind" | "availability" | "picture" | "overdue" | "oldest" | "name"} RankedBy
 * @typedef {Named & {estate: Named, building: string | null, before: MonthStanding, after: MonthStanding,
 *   counted_at: string | null}} Ranked An estate, a building or a facade.
 * @typedef {{kind: "blind_cells" | "blind" | "availability" | "picture" | "first", estate: Named, building: string | null,
 *   facade: Named | null, before: number | null, after: number | null,
 *   cause: {camera: string, camera_name: Name | null, why: string, since: string} | null}} MonthShift
 * @typedef {{now: string, change: number, month: string, months: string[], complete: boolean, counted_until: string | null,
 *   long_blind_days: number, targets: Record<string, number>, total: {before: MonthStanding, after: MonthStanding},
 *   of: Level, by: RankedBy, reverse: boolean, ranked: Ranked[], left: number, buildings: Ranked[], facades: Ranked[],
 *   shifts: MonthShift[]}} Month
 * @typedef {Named & {now: string, change: number, people: People, estate: string, agent: string, facades: Named[],
 *   span: {begin: string, end: string}, faults: {id: string, of: "camera" | "agent", kind: string,
 *   severity: "warning" | "serious" | "critical", since: string, cleared_at: string | null}[], orders: WorkOrder[],
 *   account: Account}} CameraProof What stands behind a camera's month.
 * @typedef {{share: number | null, items: number, full: number, fields_told: number, fields_due: number, networked: number,
 *   upgrades: number}} Completeness
 * @typedef {"place" | "installed_on" | "installer" | "keeper" | "keeper_phone" | "warranty_until" | "maker" | "model" | "serial"} PaperKey
 * @typedef {Named & {kind: "camera" | "sensor", estate: string, agent: string, fields: Record<string, string | null>,
 *   missing: string[], wanted_firmware: string, upgrade_wanted: boolean, networked: boolean | null, software: string,
 *   paper: Record<PaperKey, string | null>}} EquipmentItem
 * @typedef {{key: string, group: string, kinds: string[], told_by: "estate_file" | "device" | "paper"}} EquipmentField
 * @typedef {{now: string, change: number, fields: EquipmentField[], total: Completeness,
 *   estates: (Named & {completeness: Completeness})[], items: EquipmentItem[]}} Equipment
 * @typedef {{estate: Named, subject: Named, key: string, outcome: "passed" | "failed" | null, note: string,
 *   inspected_by: string | null, inspected_at: string | null, work_order: string | null}} DrawnPick
 * @typedef {{id: string, seed: string, what: "facade" | "camera", size: number, population: number, sha256: string,
 *   purpose: string, drawn_at: string, drawn_by: string, picks: DrawnPick[]}} Draw
 * @typedef {{now: string, change: number, people: People, draws: Draw[]}} Draws
 *
 * @typedef {Named & {building: string, estate: string, modelled: boolean, cells: number | null, blind: number | null,
 *   lost: number | null}} CoverageBrief lost: blind though watched when all works; all null where it is not modelled.
 * @typedef {Named & {cells: number, blind: number, blind_share: number | null, facades: CoverageBrief[]}} CoverageEstate
 * @typedef {{now: string, change: number, estates: CoverageEstate[],
 *   doubts: Doubted[]}} Coverage
 * @typedef {Named & {estate: string, since: string}} Doubted A camera that was moved, and whose pose nobody has confirmed.
 * @typedef {Named & {up: boolean, whys: string[], since: string | null, reason: number[], px_per_m: (number | null)[],
 *   smallest_cm: (number | null)[], elevation_deg: (number | null)[], distance_m: (number | null)[]}} CoverageView A camera, with what it makes of each cell.
 * @typedef {{floors: number[], bays: number[], object_cm: number, spans_px: number, reasons: string[]}} CellGrid Rows from
 *   the ground up, columns from the left, seen from outside; lists of cells go row by row.
 * @typedef {Named & CellGrid & {now: string, change: number, building: string, estate: string, watched: number[], within: number[],
 *   excused: number[], reason: number[], smallest_cm: (number | null)[], best: number[], blind_for_s: (number | null)[],
 *   blind: number, lost: number, cameras: CoverageView[]}} FacadeCells
 * @typedef {{begin: string, end: string, cells: number, excused: boolean, causes: (Named & {why: string})[]}} CoverageLoss
 * @typedef {{at: string, share: number | null, rows: (number | null)[]}} CoverageDay
 * @typedef {Named & CellGrid & {now: string, change: number, modelled_from: string, cells: number, share: number | null,
 *   kept_share: number | null, excused_s: number, never: number, longest: {seconds: number, floor: number, bay: number} | null,
 *   losses_total: number, shares: (number | null)[], longest_blind_s: number[], blind_for_s: number[], days: CoverageDay[],
 *   losses: CoverageLoss[]}} FacadeHistory
 *
 * @typedef {{kind: "on_call" | "role", role: Role} | {kind: "person", username: string} |
 *   {kind: "channel", channel: string} | {kind: "responsible"}} Whom
 * @typedef {"alerts" | "faults" | "orders"} PolicyPart
 * @typedef {Record<PolicyPart, Step[]>} Policy
 * @typedef {{people: string[], anchor: string, begins: string, ends: string, weekdays: number[]}} Shift
 * @typedef {{id: string, role: Role, person: string | null, begins_at: string, ends_at: string, set_by: string}} Override
 * @typedef {{after_s: number, whom: Whom}} Step
 * @typedef {"rotation" | "override" | "gap"} DutySource
 * @typedef {{role: Role, members: string[], people: string[], source: DutySource, until: string,
 *   ahead: {begins_at: string, ends_at: string, people: string[], source: DutySource}[]}} OnCall
 * @typedef {"email" | "webhook" | "wecom" | "dingtalk" | "feishu" | "lark"} ChannelKind
 * @typedef {{id: string, kind: ChannelKind, name: string, address: string, signed: boolean, enabled: boolean,
 *   last_test: ChannelTest | null}} Channel
 * @typedef {"waiting" | "sending" | "sent" | "failed" | "unknown" | "unreachable" | "cancelled" | "silenced"} Delivery
 * @typedef {{state: Delivery, attempts: number, created_at: string, settled_at: string | null, detail: string}} ChannelTest
 * @typedef {{id: string, subject_type: "alert" | "fault" | "work_order", subject: string, step: number, recipient: string,
 *   urgency: "person_at_risk" | "urgent" | "routine", unstable: boolean, title: string,
 *   state: Delivery,
 *   channel: {kind: ChannelKind, name: string} | null, attempts: number, maybe_came: boolean, created_at: string,
 *   next_try_at: string | null, settled_at: string | null, detail: string}} Notification
 * @typedef {{zone: string, may_arrange: boolean, on_call: OnCall[], rotations: Partial<Record<Role, {shifts: Shift[]}>>,
 *   overrides: Override[], policy: Policy, policy_set_by: string | null,
 *   policy_set_at: string | null, channels: Channel[], notifications: Notification[]}} Duty
 * @typedef {{now: string, change: number, people: People, estates: Named[], chosen: string | null,
 *   duty: Duty | null}} DutyPage
 *
 * @typedef {"availability" | "picture" | "recording" | "clips" | "mtta" | "mttr" | "on_time"} FigureKey
 * @typedef {{key: FigureKey, value: number | null, numerator: number, denominator: number, target: number | null,
 *   meets: boolean | null}} Figure
 * @typedef {{begin: string, end: string, why: string}} Outage
 * @typedef {{id: string, name: Name, due_s: number, online_s: number, sound_s: number, recorded_s: number,
 *   excluded_s: number, falls: number, clips: number, outages: Outage[], blinded: Outage[],
 *   unrecorded: Outage[]}} Account What one camera adds to the figures.
 * @typedef {{camera: string | null, begins_at: string, ends_at: string, reason: string, entered_by: string,
 *   entered_at: string, counts: boolean}} Planned
 * @typedef {{now: string, change: number, people: People, places: Grounds[],
 *   scope: {estate: string, facade: string | null, camera: string | null}, span: {begin: string, end: string},
 *   figures: Figure[], cameras: Account[], planned: Planned[]}} Ledger
 *
 * @typedef {{camera: Named, real: number, falling_part: number, false: Record<string, number>, share_false: number}} Judged
 * @typedef {[x_px: number, y_px: number]} Point
 * @typedef {{key: string, polygon: Point[], picture: [number, number], share: number, hides_false: Record<string, number>,
 *   false_judged: number, hides_real: number, real_judged: number}} Proposal
 * @typedef {{polygon: Point[], picture: [number, number], reason: string, declined_by: string, declined_at: string}} Declined
 * @typedef {{camera: string, agent: string, people: People, picture: [number, number] | null, image: string | null, proposals: Proposal[],
 *   wanted: Point[][], desired: Standing | null, declined: Declined[],
 *   tracks: {false: boolean, points: Point[]}[]}} Regions What is and may be ignored in a camera's picture, in pixels of `picture`.
 *
 * @typedef {{topic: string, id: string}} Change
 */

export {};

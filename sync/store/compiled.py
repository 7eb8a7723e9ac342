"""The statements of a till that starts or sells. Made by `python -m sync.store.statements`: do not edit."""

from sync.store.listing_sql import OfListing

SETTING = """
SELECT setting.value
FROM setting
WHERE setting.name = :name
"""
PUT_SETTING = """
INSERT INTO setting (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value =
excluded.value
"""
COUNTER = """
SELECT counter.value
FROM counter
WHERE counter.name = :name
"""
ADD_TO_COUNTER = """
INSERT INTO counter (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value =
(counter.value + excluded.value) RETURNING value
"""
START = """
SELECT retention.through_seq, retention.hash
FROM retention
"""
ENTRY = """
SELECT journal.seq, journal.kind, journal.at, journal.canonical, journal.prev_hash, journal.hash,
journal.signature
FROM journal
WHERE journal.seq = :seq
"""
LAST_ENTRY = """
SELECT journal.seq, journal.kind, journal.at, journal.canonical, journal.prev_hash, journal.hash,
journal.signature
FROM journal ORDER BY journal.seq DESC
 LIMIT 1 OFFSET 0
"""
ENTRIES = """
SELECT journal.seq, journal.kind, journal.at, journal.canonical, journal.prev_hash, journal.hash,
journal.signature
FROM journal
WHERE journal.seq > :after ORDER BY journal.seq
 LIMIT :limit OFFSET 0
"""
ADD_ENTRY = """
INSERT INTO journal (seq, kind, at, canonical, prev_hash, hash, signature) VALUES (:seq, :kind, :at,
:canonical, :prev_hash, :hash, :signature)
"""
CUSTOMER_ENTRIES = """
SELECT journal.seq, journal.kind, journal.at, journal.canonical, journal.prev_hash, journal.hash,
journal.signature
FROM journal
WHERE journal.kind = 'customer' AND journal.seq > :after ORDER BY journal.seq
"""
FIRST_SEQ = """
SELECT min(journal.seq) AS min_1
FROM journal
"""
ARCHIVES = """
SELECT archive.last_seq, archive.first_seq, archive.file, archive.folder, archive.sha256, archive.made_at,
archive.newest_at, archive.last_number, archive.grand_total, archive.grand_total_absolute
FROM archive ORDER BY archive.last_seq
"""
ARCHIVE_OF = """
SELECT archive.last_seq, archive.first_seq, archive.file, archive.folder, archive.sha256, archive.made_at,
archive.newest_at, archive.last_number, archive.grand_total, archive.grand_total_absolute
FROM archive
WHERE archive.last_seq >= :seq ORDER BY archive.last_seq
 LIMIT 1 OFFSET 0
"""
ARCHIVE_OF_NUMBER = """
SELECT archive.last_seq, archive.first_seq, archive.file, archive.folder, archive.sha256, archive.made_at,
archive.newest_at, archive.last_number, archive.grand_total, archive.grand_total_absolute
FROM archive
WHERE archive.last_number >= :number ORDER BY archive.last_number, archive.last_seq
 LIMIT 1 OFFSET 0
"""
LAST_ARCHIVE = """
SELECT archive.last_seq, archive.first_seq, archive.file, archive.folder, archive.sha256, archive.made_at,
archive.newest_at, archive.last_number, archive.grand_total, archive.grand_total_absolute
FROM archive ORDER BY archive.last_seq DESC
 LIMIT 1 OFFSET 0
"""
ADD_ARCHIVE = """
INSERT INTO archive (last_seq, first_seq, file, folder, sha256, made_at, newest_at, last_number, grand_total,
grand_total_absolute) VALUES (:last_seq, :first_seq, :file, :folder, :sha256, :made_at, :newest_at,
:last_number, :grand_total, :grand_total_absolute)
"""
LET_GO = """
SELECT retention.through_seq, retention.at
FROM retention
"""
PUT_LET_GO = """
INSERT INTO retention (one, through_seq, hash, at) VALUES (:one, :through_seq, :hash, :at) ON CONFLICT (one)
DO UPDATE SET through_seq = excluded.through_seq, hash = excluded.hash, at = excluded.at
"""
DROP_ENTRIES = """
DELETE FROM journal WHERE journal.seq <= :through
"""
DROP_CLOSED = """
DELETE FROM closed_ticket WHERE closed_ticket.seq <= :through
"""
FIRST_REFUSED = """
SELECT min(refusal.seq) AS min_1
FROM refusal
"""
CLOSED_THROUGH = """
SELECT max(closing.last_seq) AS max_1
FROM closing
WHERE closing.kind = :kind
"""
OPEN_TICKET = """
SELECT open_ticket.uuid, open_ticket.header
FROM open_ticket
WHERE open_ticket.held IS NULL
"""
HELD_TICKETS = """
SELECT open_ticket.uuid, open_ticket.header, open_ticket.held_at
FROM open_ticket
WHERE open_ticket.held IS NOT NULL ORDER BY open_ticket.held DESC
"""
OPEN_LINES = """
SELECT open_line.n, open_line.data
FROM open_line
WHERE open_line.uuid = :uuid ORDER BY open_line.n
"""
PUT_HEADER = """
INSERT INTO open_ticket (uuid, header) VALUES (:uuid, :header) ON CONFLICT (uuid) DO UPDATE SET header =
excluded.header
"""
PUT_LINE = """
INSERT INTO open_line (uuid, n, data) VALUES (:uuid, :n, :data) ON CONFLICT (uuid, n) DO UPDATE SET data =
excluded.data
"""
DROP_LINE = """
DELETE FROM open_line WHERE open_line.uuid = :uuid AND open_line.n = :n
"""
LAST_HELD = """
SELECT max(open_ticket.held) AS max_1
FROM open_ticket
"""
SET_HELD = """
UPDATE open_ticket SET held=:held, held_at=:held_at WHERE open_ticket.uuid = :of
"""
DROP_OPEN = """
DELETE FROM open_ticket WHERE open_ticket.uuid = :uuid
"""
LAST_TICKET = """
SELECT journal.seq, journal.kind, journal.at, journal.canonical, journal.prev_hash, journal.hash,
journal.signature
FROM journal
WHERE journal.seq = (SELECT max(closed_ticket.seq) AS max_1
FROM closed_ticket)
"""
TICKET_ENTRY = """
SELECT journal.seq, journal.kind, journal.at, journal.canonical, journal.prev_hash, journal.hash,
journal.signature
FROM journal JOIN closed_ticket ON closed_ticket.seq = journal.seq
WHERE closed_ticket.number = :number
"""
REFUNDS = """
SELECT journal.seq, journal.kind, journal.at, journal.canonical, journal.prev_hash, journal.hash,
journal.signature
FROM journal JOIN closed_ticket ON closed_ticket.seq = journal.seq
WHERE closed_ticket.refund_of = :number ORDER BY journal.seq
"""
CLOSED_TICKET = """
SELECT closed_ticket.seq, closed_ticket.number, closed_ticket.uuid, closed_ticket.session,
closed_ticket.closed_at, closed_ticket.total, closed_ticket.change, closed_ticket.lines, closed_ticket.user,
closed_ticket.customer, closed_ticket.refund_of
FROM closed_ticket
WHERE closed_ticket.number = :number
"""
SOLD_TO = """
SELECT journal.seq, journal.kind, journal.at, journal.canonical, journal.prev_hash, journal.hash,
journal.signature
FROM journal JOIN closed_ticket ON closed_ticket.seq = journal.seq
WHERE closed_ticket.customer = :customer AND closed_ticket.seq > :after AND closed_ticket.closed_at >= :since
ORDER BY journal.seq
"""
LAST_SOLD_TO = """
SELECT closed_ticket.seq, closed_ticket.number, closed_ticket.uuid, closed_ticket.session,
closed_ticket.closed_at, closed_ticket.total, closed_ticket.change, closed_ticket.lines, closed_ticket.user,
closed_ticket.customer, closed_ticket.refund_of
FROM closed_ticket
WHERE closed_ticket.customer = :customer AND closed_ticket.closed_at >= :since AND closed_ticket.refund_of IS
NULL ORDER BY closed_ticket.seq DESC
 LIMIT 1 OFFSET 0
"""
CLOSED_BETWEEN = """
SELECT closed_ticket.seq, closed_ticket.number, closed_ticket.uuid, closed_ticket.session,
closed_ticket.closed_at, closed_ticket.total, closed_ticket.change, closed_ticket.lines, closed_ticket.user,
closed_ticket.customer, closed_ticket.refund_of
FROM closed_ticket
WHERE closed_ticket.seq BETWEEN :first AND :last
"""
CLOSED_VAT = """
SELECT closed_vat.seq, closed_vat.rate, closed_vat.net, closed_vat.vat, closed_vat.gross
FROM closed_vat
WHERE closed_vat.seq IN (SELECT anon_1.value
FROM json_each(:seqs) AS anon_1)
"""
CLOSED_PAYMENTS = """
SELECT closed_payment.seq, closed_payment.method, closed_payment.amount, closed_payment.times
FROM closed_payment
WHERE closed_payment.seq IN (SELECT anon_1.value
FROM json_each(:seqs) AS anon_1)
"""
ADD_CLOSED = """
INSERT INTO closed_ticket (seq, number, uuid, session, closed_at, total, change, lines, user, customer,
refund_of) VALUES (:seq, :number, :uuid, :session, :closed_at, :total, :change, :lines, :user, :customer,
:refund_of)
"""
ADD_CLOSED_VAT = """
INSERT INTO closed_vat (seq, rate, net, vat, gross) VALUES (:seq, :rate, :net, :vat, :gross)
"""
ADD_CLOSED_PAYMENT = """
INSERT INTO closed_payment (seq, method, amount, times) VALUES (:seq, :method, :amount, :times)
"""
CURRENT_SESSION = """
SELECT session.id, session.opened_at, session.seq, session.float, session.user, session.closed_seq,
session.closed_at
FROM session
WHERE session.closed_seq IS NULL
"""
SESSION = """
SELECT session.id, session.opened_at, session.seq, session.float, session.user, session.closed_seq,
session.closed_at
FROM session
WHERE session.id = :id
"""
OPEN_SESSION = """
INSERT INTO session (id, seq, opened_at, float, user) VALUES (:id, :seq, :opened_at, :float, :user)
"""
CLOSE_SESSION = """
UPDATE session SET closed_seq=:closed_seq, closed_at=:closed_at WHERE session.id = :of
"""
ADD_MOVE = """
INSERT INTO cash_move (seq, session, amount, reason) VALUES (:seq, :session, :amount, :reason)
"""
ADD_CLOSING = """
INSERT INTO closing (kind, number, first_seq, last_seq, body) VALUES (:kind, :number, :first_seq, :last_seq,
:body)
"""
CLOSINGS = """
SELECT closing.kind, closing.number, closing.first_seq, closing.last_seq, closing.body
FROM closing
WHERE closing.kind = :kind ORDER BY closing.number DESC
 LIMIT :limit OFFSET :offset
"""
REFERENCES = """
SELECT reference.data
FROM reference
WHERE reference.kind = :kind ORDER BY reference.position
"""
REFERENCE = """
SELECT reference.data
FROM reference
WHERE reference.kind = :kind AND reference.code = :code
"""
COUNT_REFERENCES = """
SELECT reference.kind, count(*) AS count_1
FROM reference GROUP BY reference.kind
"""
LAST_POSITION = """
SELECT max(reference.position) AS max_1
FROM reference
WHERE reference.kind = :kind
"""
LAST_POSITION_OF_ALL = """
SELECT max(reference.position) AS max_1
FROM reference
"""
ADD_REFERENCE = """
INSERT INTO reference (kind, code, position, data) VALUES (:kind, :code, :position, :data)
"""
PUT_REFERENCE = """
INSERT INTO reference (kind, code, position, data) VALUES (:kind, :code, :position, :data) ON CONFLICT (kind,
code) DO UPDATE SET data = excluded.data
"""
DROP_REFERENCE = """
DELETE FROM reference WHERE reference.kind = :kind AND reference.code = :code
"""
DROP_REFERENCES = """
DELETE FROM reference WHERE reference.kind = :kind
"""
DROP_ALL_REFERENCES = """
DELETE FROM reference
"""
COUNT_REFUSALS = """
SELECT count(*) AS count_1
FROM refusal
"""
REFUSALS = """
SELECT refusal.seq, refusal.status, refusal.reason, refusal.at
FROM refusal ORDER BY refusal.seq
 LIMIT :limit OFFSET :offset
"""
PUT_REFUSAL = """
INSERT INTO refusal (seq, status, reason, at) VALUES (:seq, :status, :reason, :at) ON CONFLICT (seq) DO UPDATE
SET status = excluded.status, reason = excluded.reason, at = excluded.at
"""
DROP_REFUSAL = """
DELETE FROM refusal WHERE refusal.seq = :seq
"""
LAST_MESSAGE = """
SELECT message.id, message.position
FROM message ORDER BY message.position DESC
 LIMIT 1 OFFSET 0
"""
UNREAD = """
SELECT message.id, message.data
FROM message
WHERE message.read_at IS NULL ORDER BY message.position
"""
ADD_MESSAGE = """
INSERT INTO message (id, position, data) VALUES (:id, :position, :data) ON CONFLICT DO NOTHING
"""
MESSAGE_READ = """
UPDATE message SET read_at=:at WHERE message.id = :of
"""
DOWNLOAD_SIZE = """
SELECT sum(length(download.data)) AS sum_1
FROM download
WHERE download.name = :name
"""
ADD_PIECE = """
INSERT INTO download (name, start, data) VALUES (:name, :start, :data)
"""
PIECE = """
SELECT download.data
FROM download
WHERE download.name = :name AND download.start = :start
"""
PIECES = """
SELECT download.name, download.start
FROM download
WHERE download.name = :name
 LIMIT :limit OFFSET 0
"""
OTHER_PIECES = """
SELECT download.name, download.start
FROM download
WHERE download.name != :name
 LIMIT :limit OFFSET 0
"""
DROP_PIECE = """
DELETE FROM download WHERE download.name = :name AND download.start = :start
"""
UNSETTLED_JOBS = """
SELECT print_job.id, print_job.device, print_job.document, print_job.ticket, print_job.content,
print_job.state, print_job.attempts, print_job.reason
FROM print_job
WHERE NOT (print_job.state IN ('confirmed', 'failed') OR print_job.state = 'sent' AND print_job.reason != '')
ORDER BY print_job.position
"""
ADD_JOB = """
INSERT INTO print_job (id, device, document, ticket, content, state, created_at, changed_at) VALUES (:id,
:device, :document, :ticket, :content, :state, :created_at, :changed_at)
"""
MOVE_JOB = """
UPDATE print_job SET device=:on, state=:to, attempts=:tried, reason=:because, changed_at=:at WHERE
print_job.id = :of
"""
JOB_BYTES = """
UPDATE print_job SET data=:bytes, hash=:digest WHERE print_job.id = :of
"""
BYTES_OF_JOB = """
SELECT print_job.data, print_job.hash
FROM print_job
WHERE print_job.id = :of
"""
FORGET_JOBS = """
DELETE FROM print_job WHERE (print_job.state IN ('confirmed', 'failed') OR print_job.state = 'sent' AND
print_job.reason != '') AND print_job.position <= (SELECT max(print_job.position) AS max_1
FROM print_job) - :keep
"""
PRODUCT = OfListing(
    last="""
SELECT max(product.id) AS max_1
FROM product
""",
    last_of="""
SELECT max(product.id) AS max_1
FROM product
WHERE product.id >= :low AND product.id < :high
""",
    others="""
SELECT anon_1.id
FROM (SELECT product.id AS id
FROM product
WHERE product.id < :low
 LIMIT :limit OFFSET 0) AS anon_1 UNION ALL SELECT anon_2.id
FROM (SELECT product.id AS id
FROM product
WHERE product.id >= :high
 LIMIT :limit OFFSET 0) AS anon_2
""",
    find="""
SELECT product.code, product.label, product.unit_price, product.vat_rate, product.family, product.weighed,
product.unit, product.content, product.other_codes
FROM product JOIN product_key ON product_key.id = product.id
WHERE product_key."key" = :key AND product_key.id >= :low AND product_key.id < :high ORDER BY product_key.id
""",
    page="""
SELECT product.code, product.label, product.unit_price, product.vat_rate, product.family, product.weighed,
product.unit, product.content, product.other_codes
FROM product
WHERE product.id >= :low AND product.id < :high ORDER BY product.id
 LIMIT :limit OFFSET :offset
""",
    search="""
SELECT product.code, product.label, product.unit_price, product.vat_rate, product.family, product.weighed,
product.unit, product.content, product.other_codes
FROM product JOIN (SELECT product_words.rowid AS rowid
FROM product_words
WHERE (product_words MATCH :query) AND product_words.rowid >= :low AND product_words.rowid < :high ORDER BY
product_words.rowid
 LIMIT :limit OFFSET :offset) AS anon_1 ON anon_1.rowid = product.id ORDER BY product.id
""",
    size="""
SELECT count(*) AS count_1
FROM product
WHERE product.id >= :low AND product.id < :high
""",
    ids="""
SELECT product.code, product.id
FROM product
WHERE product.generation = :generation AND product.code IN (SELECT anon_1.value
FROM json_each(:codes) AS anon_1)
""",
    read="""
SELECT product.id, product.code, product.label, product.unit_price, product.vat_rate, product.family,
product.weighed, product.unit, product.content, product.other_codes
FROM product
WHERE product.id IN (SELECT anon_1.value
FROM json_each(:ids) AS anon_1)
""",
    insert_row="""
INSERT INTO product (id, generation, code, label, unit_price, vat_rate, family, weighed, unit, content,
other_codes) VALUES (:id, :generation, :code, :label, :unit_price, :vat_rate, :family, :weighed, :unit,
:content, :other_codes)
""",
    insert_key="""
INSERT INTO product_key ("key", id) VALUES (:key, :id)
""",
    insert_words="""
INSERT INTO product_words (rowid, words) VALUES (:rowid, :words)
""",
    delete_row="""
DELETE FROM product WHERE product.id = :of
""",
    delete_key="""
DELETE FROM product_key WHERE product_key."key" = :its AND product_key.id = :of
""",
    delete_words="""
DELETE FROM product_words WHERE product_words.rowid = :of
""",
)
CUSTOMER = OfListing(
    last="""
SELECT max(customer.id) AS max_1
FROM customer
""",
    last_of="""
SELECT max(customer.id) AS max_1
FROM customer
WHERE customer.id >= :low AND customer.id < :high
""",
    others="""
SELECT anon_1.id
FROM (SELECT customer.id AS id
FROM customer
WHERE customer.id < :low
 LIMIT :limit OFFSET 0) AS anon_1 UNION ALL SELECT anon_2.id
FROM (SELECT customer.id AS id
FROM customer
WHERE customer.id >= :high
 LIMIT :limit OFFSET 0) AS anon_2
""",
    find="""
SELECT customer.code, customer.name, customer.tariff, customer.cards, customer.groups, customer.phone,
customer.email, customer.consent
FROM customer JOIN customer_key ON customer_key.id = customer.id
WHERE customer_key."key" = :key AND customer_key.id >= :low AND customer_key.id < :high ORDER BY
customer_key.id
""",
    page="""
SELECT customer.code, customer.name, customer.tariff, customer.cards, customer.groups, customer.phone,
customer.email, customer.consent
FROM customer
WHERE customer.id >= :low AND customer.id < :high ORDER BY customer.id
 LIMIT :limit OFFSET :offset
""",
    search="""
SELECT customer.code, customer.name, customer.tariff, customer.cards, customer.groups, customer.phone,
customer.email, customer.consent
FROM customer JOIN (SELECT customer_words.rowid AS rowid
FROM customer_words
WHERE (customer_words MATCH :query) AND customer_words.rowid >= :low AND customer_words.rowid < :high ORDER BY
customer_words.rowid
 LIMIT :limit OFFSET :offset) AS anon_1 ON anon_1.rowid = customer.id ORDER BY customer.id
""",
    size="""
SELECT count(*) AS count_1
FROM customer
WHERE customer.id >= :low AND customer.id < :high
""",
    ids="""
SELECT customer.code, customer.id
FROM customer
WHERE customer.generation = :generation AND customer.code IN (SELECT anon_1.value
FROM json_each(:codes) AS anon_1)
""",
    read="""
SELECT customer.id, customer.code, customer.name, customer.tariff, customer.cards, customer.groups,
customer.phone, customer.email, customer.consent
FROM customer
WHERE customer.id IN (SELECT anon_1.value
FROM json_each(:ids) AS anon_1)
""",
    insert_row="""
INSERT INTO customer (id, generation, code, name, tariff, cards, groups, phone, email, consent) VALUES (:id,
:generation, :code, :name, :tariff, :cards, :groups, :phone, :email, :consent)
""",
    insert_key="""
INSERT INTO customer_key ("key", id) VALUES (:key, :id)
""",
    insert_words="""
INSERT INTO customer_words (rowid, words) VALUES (:rowid, :words)
""",
    delete_row="""
DELETE FROM customer WHERE customer.id = :of
""",
    delete_key="""
DELETE FROM customer_key WHERE customer_key."key" = :its AND customer_key.id = :of
""",
    delete_words="""
DELETE FROM customer_words WHERE customer_words.rowid = :of
""",
)

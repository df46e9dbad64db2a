"""The cascade as DuckDB is asked for it: four tables taken from the database, and one recursive query over them."""

TABLES = {
    "attendance": "SELECT session_id, person_id FROM activities_attendance",
    "session": "SELECT id, CAST(julianday(held_on) AS INTEGER) AS day FROM activities_session",
    "led": "SELECT session_id, person_id FROM learning_lead",
    "member": "SELECT person_id, CAST(julianday(since) AS INTEGER) AS since,"
    " COALESCE(CAST(julianday(until) AS INTEGER), 2147483647) AS until FROM groups_membership",
}
RECURSIVE = """
WITH RECURSIVE
lead_ AS (SELECT l.session_id, s.day, l.person_id, m.person_id IS NOT NULL AS is_member FROM led l
    JOIN session s ON s.id = l.session_id
    LEFT JOIN member m ON m.person_id = l.person_id AND m.since <= s.day AND s.day < m.until),
came AS MATERIALIZED (SELECT t.session_id, s.day, t.person_id FROM attendance t JOIN session s ON s.id = t.session_id
    ANTI JOIN led l ON l.session_id = t.session_id AND l.person_id = t.person_id
    ANTI JOIN member m ON m.person_id = t.person_id AND m.since <= s.day AND s.day < m.until),
of_leaders AS MATERIALIZED (SELECT c.* FROM came c SEMI JOIN led l ON l.person_id = c.person_id),
qualifies AS (
    SELECT session_id FROM lead_ WHERE is_member
    UNION
    SELECT l.session_id FROM qualifies q JOIN of_leaders c ON c.session_id = q.session_id
        JOIN lead_ l ON l.person_id = c.person_id AND l.day > c.day),
began AS MATERIALIZED (SELECT c.person_id, MIN(c.day) AS day FROM came c SEMI JOIN qualifies q
    ON q.session_id = c.session_id GROUP BY c.person_id),
opens AS MATERIALIZED (SELECT c.* FROM came c SEMI JOIN qualifies q ON q.session_id = c.session_id
    JOIN began b ON b.person_id = c.person_id AND b.day = c.day),
step AS (
    SELECT session_id, 1 AS generation FROM lead_ WHERE is_member
    UNION
    SELECT l.session_id, s.generation + 1 FROM step s JOIN opens o ON o.session_id = s.session_id
        JOIN lead_ l ON l.person_id = o.person_id AND l.day > o.day AND NOT l.is_member),
taught AS (SELECT session_id, MIN(generation) AS generation FROM step GROUP BY session_id),
fixed AS (SELECT o.person_id, MIN(t.generation) AS generation FROM opens o
    JOIN taught t ON t.session_id = o.session_id GROUP BY o.person_id)
SELECT CASE WHEN generation < 9 THEN CAST(generation AS VARCHAR) ELSE '9_up' END AS key, COUNT(*) FROM fixed
GROUP BY key ORDER BY key
"""

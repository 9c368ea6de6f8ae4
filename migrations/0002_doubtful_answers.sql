-- Answers of which the service itself was not sure: for staff to look at. Not what was asked, nor by whom.
CREATE TABLE doubtful_answers (
    receipt TEXT NOT NULL PRIMARY KEY,
    answered_at TEXT NOT NULL,
    confidence BIGINT NOT NULL, -- of a hundred
    is_cautious BIGINT NOT NULL, -- the answer itself says that it is doubtful
    place TEXT NOT NULL -- of what was cited first
);
CREATE INDEX doubtful_answers_by_time ON doubtful_answers (answered_at);

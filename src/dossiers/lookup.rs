//! Which dossier somebody asks for, over several turns, and how much of it they may hear.
//!
//! As in every conversation, nothing is kept between two turns: what was asked back lies in the words of the question
//! before ([`Before`]), which the client brings again. Nothing in it need be believed: the code alone opens no more than
//! the stage and the deadline, and what opens more is asked for each time.

use std::fmt;

use jiff::Timestamp;

use super::code::DossierCode;
use super::dossier::Dossier;
use super::spoken_code::{
    Matches, SpokenCode, closest, find_spoken, find_spoken_when_asked, spoken_digits, spoken_year, yes_or_no,
};
use super::store::{DossierStore, Opened, SecondFactor};
use crate::question::words::Words;
use crate::question::{Question, asks_for_dossier, asks_for_more, choice};
use crate::store::StoreError;

/// A reply of no more words than these, that is not understood, is asked for again; a longer one is a new question.
const SHORT_REPLY: usize = 5;
/// Words that ask on about the dossier that was just told of.
const ASKING_ON: &[&str] = &[
    "vì sao",
    "tại sao",
    "sao vậy",
    "sao lâu",
    "sao chậm",
    "khi nào",
    "bao giờ",
    "ngày nào",
    "đến đâu",
    "tới đâu",
    "ở đâu",
    "ai giữ",
    "thiếu gì",
    "thiếu giấy",
    "bổ sung",
    "lệ phí",
    "nộp tiền",
    "kết quả",
    "trễ",
    "quá hạn",
    "khiếu nại",
    "phải làm gì",
    "làm gì tiếp",
    "hồ sơ",
];

const WHICH: &str = "Mã hồ sơ nào? ";
const CONFIRM: (&str, &str) = ("Có phải hồ sơ mã ", " không? ");
const CHOOSE: (&str, &str) = ("Mã nào trong các mã ", "? ");
const KNOWN: (&str, &str) = ("Hồ sơ mã ", ".");

/// What the next utterance may reply to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Before {
    /// The code was asked for.
    Which {
        /// The first question.
        asked: String,
    },
    /// A code was read back.
    Confirm {
        /// The code.
        code: DossierCode,
        /// The first question.
        asked: String,
    },
    /// Several were offered.
    Choose {
        /// The codes.
        codes: Vec<DossierCode>,
        /// The first question.
        asked: String,
    },
    /// It was told of this one.
    Known {
        /// The code.
        code: DossierCode,
    },
}

impl fmt::Display for Before {
    /// The words that the client brings back.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Which { asked } => write!(f, "{WHICH}{asked}"),
            Self::Confirm { code, asked } => write!(f, "{}{code}{}{asked}", CONFIRM.0, CONFIRM.1),
            Self::Choose { codes, asked } => {
                let codes: Vec<&str> = codes.iter().map(DossierCode::as_str).collect();
                write!(f, "{}{}{}{asked}", CHOOSE.0, codes.join(", "), CHOOSE.1)
            }
            Self::Known { code } => write!(f, "{}{code}{}", KNOWN.0, KNOWN.1),
        }
    }
}

impl Before {
    /// Reads them; null where they are of another conversation.
    pub fn read(words: &str) -> Option<Self> {
        if let Some(asked) = words.strip_prefix(WHICH) {
            return Some(Self::Which { asked: asked.to_owned() });
        }
        if let Some((code, asked)) = between(words, CONFIRM) {
            return Some(Self::Confirm { code: code.parse().ok()?, asked: asked.to_owned() });
        }
        if let Some((codes, asked)) = between(words, CHOOSE) {
            let codes: Result<Vec<_>, _> = codes.split(", ").take(4).map(str::parse).collect();
            return Some(Self::Choose { codes: codes.ok()?, asked: asked.to_owned() });
        }
        let code = words.strip_prefix(KNOWN.0)?.strip_suffix(KNOWN.1)?;
        Some(Self::Known { code: code.parse().ok()? })
    }
}

fn between<'a>(words: &'a str, (head, tail): (&str, &str)) -> Option<(&'a str, &'a str)> {
    words.strip_prefix(head)?.split_once(tail)
}

/// Why the code is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskFor {
    /// None was said.
    Code,
    /// What was said was not understood, or was not the one.
    CodeAgain,
    /// Too many end so.
    WholeCode,
}

/// What came of looking for a dossier.
#[derive(Debug, Clone, PartialEq)]
pub enum LookUp {
    /// Its code is needed.
    Ask(AskFor),
    /// This one is near to what was said.
    Confirm(DossierCode),
    /// One of these.
    Choose(Vec<DossierCode>),
    /// There is none of this code.
    Unknown(String),
    /// This one.
    Found {
        /// All of it; what is told of it depends on the rest.
        dossier: Box<Dossier>,
        /// Null where nobody tried to hear more.
        opened: Option<Opened>,
        /// What its owner is asked for.
        second_factor: SecondFactor,
    },
    /// The database is away.
    Away,
}

/// What came of it, and what the next utterance may reply to.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// What came of it.
    pub look_up: LookUp,
    /// What the client brings back; null where nothing can be replied.
    pub before: Option<Before>,
}

impl DossierStore {
    /// Looks up the dossier that is asked for; null where the words are about something else. `said` has all that may have
    /// been said, the likeliest first.
    pub async fn look_up(&self, said: &[Question], previous: Option<&str>, now: Timestamp) -> Option<Turn> {
        let first = said.first()?;
        let before = previous.and_then(Before::read);
        let is_about = match &before {
            None => asks_for_dossier(first.text()) || said.iter().any(|q| has_code(&find_spoken(q.text()))),
            Some(_) => true,
        };
        if !is_about {
            return None;
        }
        let codes = match self.codes().await {
            Ok(codes) => codes,
            Err(error) => return Some(away(&error)),
        };
        // No register is connected; that is another answer.
        if codes.is_empty() {
            return None;
        }
        match self.turn(said, first, before, now).await {
            Ok(turn) => turn,
            Err(error) => Some(away(&error)),
        }
    }

    async fn turn(
        &self,
        said: &[Question],
        first: &Question,
        before: Option<Before>,
        now: Timestamp,
    ) -> Result<Option<Turn>, StoreError> {
        let text = first.text();
        let is_short = Words::of(text).as_slice().len() <= SHORT_REPLY;
        let asked = |asked: &str| if asks_for_dossier(text) { text.to_owned() } else { asked.to_owned() };
        match before {
            None => {
                let spoken: Vec<SpokenCode> = said.iter().flat_map(|q| find_spoken(q.text())).collect();
                self.resolve(&spoken, text.to_owned(), AskFor::Code).await.map(Some)
            }
            Some(Before::Which { asked: earlier }) => {
                let spoken: Vec<SpokenCode> =
                    said.iter().flat_map(|q| find_spoken_when_asked(q.text())).collect();
                if spoken.is_empty() && !is_short && !asks_for_dossier(text) {
                    return Ok(None);
                }
                self.resolve(&spoken, asked(&earlier), AskFor::CodeAgain).await.map(Some)
            }
            Some(Before::Confirm { code, asked: earlier }) => match yes_or_no(text) {
                Some(true) => self.found(code, None).await.map(Some),
                Some(false) => Ok(Some(ask(AskFor::CodeAgain, earlier))),
                None => {
                    let spoken: Vec<SpokenCode> =
                        said.iter().flat_map(|q| find_spoken_when_asked(q.text())).collect();
                    match (spoken.is_empty(), is_short) {
                        (false, _) => {
                            self.resolve(&spoken, asked(&earlier), AskFor::CodeAgain).await.map(Some)
                        }
                        (true, true) => {
                            let before = Some(Before::Confirm { code: code.clone(), asked: earlier });
                            Ok(Some(Turn { look_up: LookUp::Confirm(code), before }))
                        }
                        (true, false) => Ok(None),
                    }
                }
            },
            Some(Before::Choose { codes, asked: earlier }) => {
                let offered: Vec<String> = codes.iter().map(ToString::to_string).collect();
                let chosen = choice(&offered, text);
                if let Some(code) = codes.iter().find(|code| Some(code.as_str()) == chosen) {
                    return self.found(code.clone(), None).await.map(Some);
                }
                for spoken in said.iter().flat_map(|q| find_spoken_when_asked(q.text())) {
                    if let Matches::Exact(one) | Matches::Close(one) = closest(&spoken, codes.iter()) {
                        return self.found(one.code, None).await.map(Some);
                    }
                }
                if !is_short {
                    return Ok(None);
                }
                Ok(Some(choose(codes, earlier)))
            }
            Some(Before::Known { code }) => self.more(said, text, code, now).await,
        }
    }

    /// After it was told of a dossier: what only its owner knows, another code, or a question more.
    async fn more(
        &self,
        said: &[Question],
        text: &str,
        code: DossierCode,
        now: Timestamp,
    ) -> Result<Option<Turn>, StoreError> {
        let spoken: Vec<SpokenCode> =
            said.iter().flat_map(|q| find_spoken(q.text())).filter(is_whole).collect();
        if !spoken.is_empty() {
            return self.resolve(&spoken, text.to_owned(), AskFor::CodeAgain).await.map(Some);
        }
        let by_year = || spoken_year(text).map(|year| year.to_string());
        let secret = match self.second_factor() {
            SecondFactor::IdentityLast4 => spoken_digits(text, 4),
            SecondFactor::BirthYear => by_year(),
            SecondFactor::Either => spoken_digits(text, 4).or_else(by_year),
        };
        if let Some(secret) = secret {
            let opened = self.open(&code, &secret, now).await?;
            return self.found(code, Some(opened)).await.map(Some);
        }
        let asks_on = said.first().is_some_and(asks_for_more)
            || asks_for_dossier(text)
            || (Words::of(text).hold_any(ASKING_ON) && Words::of(text).as_slice().len() <= 3 * SHORT_REPLY);
        if !asks_on {
            return Ok(None);
        }
        self.found(code, None).await.map(Some)
    }

    async fn resolve(
        &self,
        spoken: &[SpokenCode],
        asked: String,
        otherwise: AskFor,
    ) -> Result<Turn, StoreError> {
        // What is there just as it was said.
        for spoken in spoken {
            let Some(best) = spoken.readings.first() else { continue };
            if best.is_whole() && best.doubt < 0.3 {
                let codes = self.by_key(&best.key()).await?;
                if let [code] = codes.as_slice() {
                    return self.found(code.clone(), None).await;
                }
            }
        }
        let Some(first) = spoken.first().cloned() else { return Ok(ask(otherwise, asked)) };
        let codes = self.codes().await?;
        let said = first.readings.first().map(|reading| reading.text.clone()).unwrap_or_default();
        let compared = tokio::task::spawn_blocking(move || closest(&first, codes.iter())).await;
        Ok(match compared.unwrap_or(Matches::None) {
            Matches::Exact(one) => self.found(one.code, None).await?,
            Matches::Close(one) => {
                let before = Some(Before::Confirm { code: one.code.clone(), asked });
                Turn { look_up: LookUp::Confirm(one.code), before }
            }
            Matches::Several(several) => choose(several.into_iter().map(|one| one.code).collect(), asked),
            Matches::TooMany => ask(AskFor::WholeCode, asked),
            Matches::None => Turn { look_up: LookUp::Unknown(said), before: Some(Before::Which { asked }) },
        })
    }

    async fn found(&self, code: DossierCode, opened: Option<Opened>) -> Result<Turn, StoreError> {
        Ok(match self.get(&code).await? {
            Some(dossier) => Turn {
                look_up: LookUp::Found {
                    dossier: Box::new(dossier),
                    opened,
                    second_factor: self.second_factor(),
                },
                before: Some(Before::Known { code }),
            },
            None => Turn { look_up: LookUp::Unknown(code.to_string()), before: None },
        })
    }
}

fn has_code(spoken: &[SpokenCode]) -> bool {
    !spoken.is_empty()
}

fn is_whole(spoken: &SpokenCode) -> bool {
    spoken.readings.first().is_some_and(|reading| reading.is_whole())
}

fn ask(what: AskFor, asked: String) -> Turn {
    Turn { look_up: LookUp::Ask(what), before: Some(Before::Which { asked }) }
}

fn choose(codes: Vec<DossierCode>, asked: String) -> Turn {
    Turn { look_up: LookUp::Choose(codes.clone()), before: Some(Before::Choose { codes, asked }) }
}

fn away(error: &StoreError) -> Turn {
    tracing::warn!("dossiers cannot be looked up: {error}");
    Turn { look_up: LookUp::Away, before: None }
}

#[cfg(test)]
mod tests {
    use super::super::dossier::Secrets;
    use super::super::key::DossierKey;
    use super::super::store::tests::sample;
    use super::*;
    use crate::store::tests::stores;

    const CODE: &str = "H29.17-251103-0012";

    async fn desk() -> Vec<(tempfile::TempDir, DossierStore)> {
        let mut desks = vec![];
        for (folder, store) in stores().await {
            let key = DossierKey::load_or_make(&folder.path().join("key")).unwrap();
            let dossiers = DossierStore::new(store, key, SecondFactor::Either);
            let secrets = Secrets { identity_last4: Some("3409".into()), birth_year: Some(1985) };
            for code in [CODE, "H29.17-251103-0021", "H29.17-251104-0300", "H29.18-251104-0300"] {
                dossiers.put_one(&sample(code), &secrets).await.unwrap();
            }
            desks.push((folder, dossiers));
        }
        desks
    }

    async fn say(dossiers: &DossierStore, said: &str, before: Option<&Before>) -> Option<Turn> {
        let previous = before.map(ToString::to_string);
        dossiers.look_up(&[Question::new(said)], previous.as_deref(), Timestamp::now()).await
    }

    #[tokio::test]
    async fn a_dossier_is_found_over_several_turns() {
        for (_folder, dossiers) in desk().await {
            let asked = say(&dossiers, "Tại sao tôi gửi hồ sơ mười ngày rồi mà chưa có trả lời?", None)
                .await
                .unwrap();
            assert_eq!(asked.look_up, LookUp::Ask(AskFor::Code));
            let unclear = say(&dossiers, "dạ tôi không nhớ", asked.before.as_ref()).await.unwrap();
            assert_eq!(unclear.look_up, LookUp::Ask(AskFor::CodeAgain));
            let spoken = "hát hai chín chấm mười bảy gạch hai lăm mười một không ba gạch không không một hai";
            let found = say(&dossiers, spoken, unclear.before.as_ref()).await.unwrap();
            let LookUp::Found { dossier, opened: None, .. } = &found.look_up else { panic!("{found:?}") };
            assert_eq!(dossier.code.as_str(), CODE);
            let wrong = say(&dossiers, "ba bốn không tám", found.before.as_ref()).await.unwrap();
            assert!(
                matches!(wrong.look_up, LookUp::Found { opened: Some(Opened::Wrong { left: 4 }), .. }),
                "{wrong:?}"
            );
            let owner = say(&dossiers, "ba bốn không chín", wrong.before.as_ref()).await.unwrap();
            assert!(matches!(owner.look_up, LookUp::Found { opened: Some(Opened::Owner), .. }));
            let born = say(&dossiers, "tôi sinh năm một chín tám lăm", wrong.before.as_ref()).await.unwrap();
            assert!(matches!(born.look_up, LookUp::Found { opened: Some(Opened::Owner), .. }), "{born:?}");
            let why = say(&dossiers, "vì sao chậm vậy?", owner.before.as_ref()).await.unwrap();
            assert!(matches!(why.look_up, LookUp::Found { opened: None, .. }));
            let other = say(&dossiers, "Đăng ký kết hôn cần giấy tờ gì?", owner.before.as_ref()).await;
            assert_eq!(other, None, "another question is no reply");
        }
    }

    #[tokio::test]
    async fn what_is_near_is_read_back_and_what_is_not_there_is_said_to_be_missing() {
        let (_folder, dossiers) = desk().await.remove(0);
        let near = say(&dossiers, "Hồ sơ mã H29.17-251103-0013 đến đâu rồi?", None).await.unwrap();
        match &near.look_up {
            LookUp::Confirm(code) => assert_eq!(code.as_str(), CODE),
            LookUp::Choose(codes) => assert!(codes.iter().any(|code| code.as_str() == CODE)),
            other => panic!("{other:?}"),
        }
        let confirm = Before::Confirm { code: CODE.parse().unwrap(), asked: "x".into() };
        assert!(matches!(
            say(&dossiers, "đúng rồi", Some(&confirm)).await.unwrap().look_up,
            LookUp::Found { .. }
        ));
        assert_eq!(
            say(&dossiers, "không phải", Some(&confirm)).await.unwrap().look_up,
            LookUp::Ask(AskFor::CodeAgain)
        );
        assert_eq!(
            say(&dossiers, "hả", Some(&confirm)).await.unwrap().look_up,
            LookUp::Confirm(CODE.parse().unwrap())
        );
        let missing = say(&dossiers, "Hồ sơ mã K51.02-200101-9999 đến đâu rồi?", None).await.unwrap();
        assert!(matches!(missing.look_up, LookUp::Unknown(_)), "{missing:?}");
        assert_eq!(say(&dossiers, "Đăng ký khai sinh cần giấy tờ gì?", None).await, None);
        let choose = Before::Choose {
            codes: vec![CODE.parse().unwrap(), "H29.17-251103-0021".parse().unwrap()],
            asked: "x".into(),
        };
        let second = say(&dossiers, "cái thứ hai", Some(&choose)).await.unwrap();
        let LookUp::Found { dossier, .. } = second.look_up else { panic!() };
        assert_eq!(dossier.code.as_str(), "H29.17-251103-0021");
    }

    #[test]
    fn what_was_asked_back_is_read_from_its_own_words() {
        let code: DossierCode = CODE.parse().unwrap();
        let asked = "Hồ sơ của tôi đâu?".to_owned();
        for before in [
            Before::Which { asked: asked.clone() },
            Before::Confirm { code: code.clone(), asked: asked.clone() },
            Before::Choose { codes: vec![code.clone(), code.clone()], asked },
            Before::Known { code },
        ] {
            assert_eq!(Before::read(&before.to_string()), Some(before));
        }
        for other in ["", "Hồ sơ mã .", "Có phải hồ sơ mã x không? y", "Xin giấy phép cần gì?"]
        {
            assert_eq!(Before::read(other), None, "{other}");
        }
    }

    #[tokio::test]
    async fn without_a_register_it_is_another_answer() {
        let (folder, store) = stores().await.remove(0);
        let key = DossierKey::load_or_make(&folder.path().join("key")).unwrap();
        let dossiers = DossierStore::new(store.clone(), key, SecondFactor::Either);
        assert_eq!(say(&dossiers, "Hồ sơ của tôi đâu?", None).await, None);
        store.close().await;
        let away = say(&dossiers, "Hồ sơ của tôi đâu?", None).await.unwrap();
        assert_eq!(away.look_up, LookUp::Away);
        assert_eq!(say(&dossiers, "Đăng ký khai sinh cần giấy tờ gì?", None).await, None);
    }
}

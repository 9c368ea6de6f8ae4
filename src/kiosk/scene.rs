//! What the screen shows: one scene after the other, told to the page as JSON.
//!
//! A scene holds no more than the page shows. The page keeps none: the next scene takes the place of the one before, and
//! the idle one has nothing of anybody in it.

use serde::Serialize;

use super::sentences::Sentence;
use crate::answer::Citation;

/// A notice of the agency, as it is shown and read aloud.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShownNotice {
    /// By which a new one is told from one that was there.
    pub id: String,
    /// In a few words.
    pub title: String,
    /// What citizens are to know and do.
    pub text: String,
    /// Where it holds; empty for everywhere.
    pub area: String,
    /// As it is read aloud.
    #[serde(skip)]
    pub spoken: String,
}

/// What the screen shows.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Scene {
    /// Nobody is there.
    Idle {
        /// Those that hold.
        notices: Vec<ShownNotice>,
    },
    /// Somebody is greeted, and told how they are heard.
    Welcome {
        /// The consent sentence, and the invitation to ask.
        text: Sentence,
    },
    /// The microphone is open.
    Listening,
    /// What was heard.
    Heard {
        /// The words.
        text: String,
        /// Whether nothing more comes.
        is_whole: bool,
    },
    /// The words are being looked up.
    Thinking,
    /// The answer.
    Answer {
        /// In full.
        text: String,
        /// Where it stands in the law.
        citations: Vec<Citation>,
        /// The address of its receipt, for the QR code; null where there is none.
        receipt: Option<String>,
        /// Whether the microphone is open meanwhile.
        is_listening: bool,
    },
    /// A question back.
    Asking {
        /// The question.
        text: String,
        /// The replies that it offers; may be empty.
        options: Vec<String>,
        /// Whether the microphone is open meanwhile.
        is_listening: bool,
    },
    /// The end.
    Farewell {
        /// What is said.
        text: Sentence,
    },
    /// Something does not work.
    Trouble {
        /// What, and what to do.
        text: Sentence,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_page_is_told_in_json() {
        let told = |scene: &Scene| serde_json::to_value(scene).unwrap();
        assert_eq!(told(&Scene::Listening), json!({ "kind": "listening" }));
        let welcome = Scene::Welcome { text: crate::kiosk::sentences::INVITE };
        assert_eq!(told(&welcome)["text"]["vi"], "Xin mời ông bà đặt câu hỏi.");
        assert_eq!(told(&welcome)["text"]["en"], "Please ask your question.");
        let answer = Scene::Answer {
            text: "Ba mươi ngày.".to_owned(),
            citations: vec![],
            receipt: None,
            is_listening: true,
        };
        assert_eq!(
            told(&answer),
            json!({ "kind": "answer", "text": "Ba mươi ngày.", "citations": [], "receipt": null, "is_listening": true })
        );
        let notice = ShownNotice {
            id: "a".to_owned(),
            title: "Bão".to_owned(),
            text: "Nghỉ.".to_owned(),
            area: String::new(),
            spoken: "Thông báo khẩn.".to_owned(),
        };
        let idle = told(&Scene::Idle { notices: vec![notice] });
        assert_eq!(idle["notices"][0], json!({ "id": "a", "title": "Bão", "text": "Nghỉ.", "area": "" }));
    }
}

//! Why something was not added or not taken back.

use crate::regulations::IndexError;
use crate::regulations::import::ImportError;
use crate::regulations::phrasing::MAX_PHRASES;

/// Why something was not added or not taken back; each is a sentence for the staff.
#[derive(Debug, thiserror::Error)]
pub enum KnowledgeError {
    /// The index does not hold the article.
    #[error("Kho văn bản không có Điều {1} của văn bản số {0}.")]
    NoArticle(String, String),
    /// The article has no such clause.
    #[error("Điều {0} không có Khoản {1}.")]
    NoClause(String, String),
    /// All phrases are known already.
    #[error("Các cách hỏi này đã có sẵn cho điều, khoản này rồi.")]
    NothingNew,
    /// A clause has only so many.
    #[error("Một điều, khoản có nhiều nhất {MAX_PHRASES} cách hỏi.")]
    TooMany,
    /// A phrase is none.
    #[error("Cách hỏi chưa dùng được: {0}.")]
    Phrase(String),
    /// The guide is none.
    #[error("Hướng dẫn chưa đúng mẫu, dòng {line}: {reason}")]
    Guide {
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// The guide's id is none.
    #[error("Mã của hướng dẫn (id) chỉ gồm 3 đến 80 chữ cái thường không dấu, chữ số và dấu gạch nối.")]
    GuideId,
    /// Nothing supports the guide.
    #[error("Hướng dẫn cần ít nhất một căn cứ pháp lý (legal_basis).")]
    NoBasis,
    /// There is no such addition.
    #[error("Không có mục này, hoặc mục đã được bỏ.")]
    Unknown,
    /// Another addition stands on it.
    #[error("Hướng dẫn này đã được sửa thêm lần sau; xin bỏ lần sau trước.")]
    NotTheLast,
    /// Another import is going on.
    #[error("Đang có một việc nhập văn bản khác. Xin chờ một phút rồi làm lại.")]
    Busy,
    /// The index.
    #[error("Kho văn bản báo lỗi: {0}")]
    Import(String),
    /// The disk.
    #[error("Chưa ghi được vào đĩa: {0}")]
    Disk(#[from] std::io::Error),
}

impl From<IndexError> for KnowledgeError {
    fn from(error: IndexError) -> Self {
        match error {
            IndexError::Busy(_) => Self::Busy,
            error => Self::Import(error.to_string()),
        }
    }
}

impl From<ImportError> for KnowledgeError {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Index(error) => error.into(),
            error => Self::Import(error.to_string()),
        }
    }
}

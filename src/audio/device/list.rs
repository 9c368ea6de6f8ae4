//! Which devices there are, and which one a name means.

use std::sync::{Arc, Mutex, PoisonError};

use cpal::traits::{DeviceTrait, HostTrait};
use cpal::{Device, Host, HostId};
use serde::Serialize;

use super::format::Opening;
use super::{DeviceError, failed};

/// What a device is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceKind {
    /// Brings sound.
    Microphone,
    /// Takes it.
    Loudspeaker,
}

impl std::fmt::Display for DeviceKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Microphone => "microphone",
            Self::Loudspeaker => "loudspeaker",
        })
    }
}

/// One device, and what it can.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeviceInfo {
    /// What it is for; a device that does both is listed twice.
    pub kind: DeviceKind,
    /// Its full name, with the sound system in front: `pulseaudio:alsa_input.usb-…`, `alsa:plughw:CARD=0,DEV=0`.
    pub id: String,
    /// As people call it.
    pub name: String,
    /// Whether it is used where no name is given.
    pub is_default: bool,
    /// The rate it would be opened with, in Hz; null where it cannot be opened now.
    pub sample_rate: Option<u32>,
    /// The channels it would be opened with; null where it cannot be opened now.
    pub channels: Option<u16>,
    /// The format of a sample that it would be opened with, as cpal writes it; null where it cannot be opened now.
    pub format: Option<String>,
    /// The least and the greatest rate it offers, in Hz; null where it cannot be opened now.
    pub rates: Option<(u32, u32)>,
}

impl std::fmt::Display for DeviceInfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{} {} ({})", if self.is_default { "* " } else { "  " }, self.kind, self.id, self.name)?;
        match (self.sample_rate, self.channels, self.format.as_deref(), self.rates) {
            (Some(rate), Some(channels), Some(format), Some((low, high))) => {
                write!(f, ": {rate} Hz of {low} to {high}, {channels} channels, {format}")
            }
            _ => f.write_str(": cannot be opened now"),
        }
    }
}

/// All devices of all sound systems that answer, microphones first.
///
/// ALSA's own devices are opened for a moment to see what they can, which its library may comment on on stderr.
///
/// # Errors
/// Where no sound system answers at all.
pub fn list() -> Result<Vec<DeviceInfo>, DeviceError> {
    let mut infos = Vec::new();
    let mut last_error = None;
    for kind in [DeviceKind::Microphone, DeviceKind::Loudspeaker] {
        let default = find(kind, None).ok().map(|found| found.id);
        for host in cpal::available_hosts() {
            match with_host(host, |host| Ok(host.devices()?.collect::<Vec<_>>())) {
                Ok(devices) => {
                    let devices = devices.iter().filter(|device| does(device, kind));
                    infos.extend(devices.filter_map(|device| info(device, kind, default.as_deref())));
                }
                Err(error) => last_error = Some(error),
            }
        }
    }
    match last_error {
        Some(error) if infos.is_empty() => Err(error),
        _ => Ok(infos),
    }
}

fn info(device: &Device, kind: DeviceKind, default: Option<&str>) -> Option<DeviceInfo> {
    let id = device.id().ok()?.to_string();
    let opening = Opening::of(device, kind).ok();
    let rates = match kind {
        DeviceKind::Microphone => device.supported_input_configs().ok().and_then(rates_of),
        DeviceKind::Loudspeaker => device.supported_output_configs().ok().and_then(rates_of),
    };
    Some(DeviceInfo {
        kind,
        name: human_name(device),
        is_default: default == Some(&id),
        sample_rate: opening.map(|opening| opening.config.sample_rate),
        channels: opening.map(|opening| opening.config.channels),
        format: opening.map(|opening| opening.format.to_string()),
        rates,
        id,
    })
}

fn rates_of(ranges: impl Iterator<Item = cpal::SupportedStreamConfigRange>) -> Option<(u32, u32)> {
    ranges
        .map(|range| (range.min_sample_rate(), range.max_sample_rate()))
        .reduce(|(low, high), (min, max)| (low.min(min), high.max(max)))
}

fn human_name(device: &Device) -> String {
    device.description().map(|description| description.name().to_owned()).unwrap_or_default()
}

fn does(device: &Device, kind: DeviceKind) -> bool {
    match kind {
        DeviceKind::Microphone => device.supports_input(),
        DeviceKind::Loudspeaker => device.supports_output(),
    }
}

/// A device that was found.
#[derive(Clone)]
pub(super) struct Found {
    pub device: Device,
    pub kind: DeviceKind,
    pub id: String,
    host: HostId,
    is_default: bool,
}

/// The device of a name, or the system's default.
///
/// A name is the full id, the end of it after a colon, or a part of the human name in any case. Of several that the last
/// fits, one that is no monitor of a loudspeaker is taken, and of these the first.
pub(super) fn find(kind: DeviceKind, name: Option<&str>) -> Result<Found, DeviceError> {
    let name = name.map(str::trim).filter(|name| !name.is_empty());
    let mut last_error = None;
    for host in cpal::available_hosts() {
        let found = match name {
            None => with_host(host, |host| default_of(host, kind)),
            Some(name) => with_host(host, |host| named(host, kind, name)),
        };
        match found {
            Ok(Some(device)) => {
                let id = device.id().map_err(failed)?.to_string();
                return Ok(Found { device, kind, id, host, is_default: name.is_none() });
            }
            // A sound system that answers knows its own default.
            Ok(None) if name.is_none() => break,
            Ok(None) => {}
            Err(error) => last_error = Some(error),
        }
    }
    match last_error {
        // The system that has it may only be starting.
        Some(error) => Err(error),
        None => Err(DeviceError::NotFound { kind, name: name.unwrap_or("at all").to_owned() }),
    }
}

/// Whether a device is still there, and still the default where it was opened as that.
///
/// PulseAudio moves the streams of a device that goes away to another one and tells nobody; that this happened shows only
/// here. ALSA tells by itself.
pub(super) fn is_there(found: &Found) -> Result<bool, DeviceError> {
    if found.host == HostId::Alsa {
        return Ok(true);
    }
    with_host(found.host, |host| {
        let is_it = |device: &Device| device.id().is_ok_and(|id| id.to_string() == found.id);
        if found.is_default {
            return Ok(default_of(host, found.kind)?.as_ref().is_some_and(is_it));
        }
        Ok(host.devices()?.any(|device| does(&device, found.kind) && is_it(&device)))
    })
}

fn default_of(host: &Host, kind: DeviceKind) -> Result<Option<Device>, cpal::Error> {
    if host.id() != HostId::Alsa {
        // The default is null where the server does not answer, too; a list is an error then.
        drop(host.devices()?);
    }
    Ok(match kind {
        DeviceKind::Microphone => host.default_input_device(),
        DeviceKind::Loudspeaker => host.default_output_device(),
    })
}

fn named(host: &Host, kind: DeviceKind, name: &str) -> Result<Option<Device>, cpal::Error> {
    let mut devices: Vec<Device> = host.devices()?.filter(|device| does(device, kind)).collect();
    let names: Vec<(String, String)> = devices
        .iter()
        .map(|device| (device.id().map(|id| id.to_string()).unwrap_or_default(), human_name(device)))
        .collect();
    Ok(fitting(&names, name).map(|place| devices.swap_remove(place)))
}

/// Which of these pairs of id and human name is meant.
fn fitting(names: &[(String, String)], wanted: &str) -> Option<usize> {
    let by = |fits: &dyn Fn(&str, &str) -> bool| names.iter().position(|(id, name)| fits(id, name));
    let ending = format!(":{wanted}");
    let part = wanted.to_lowercase();
    by(&|id, _| id == wanted)
        .or_else(|| by(&|id, _| id.ends_with(&ending)))
        .or_else(|| by(&|_, name| name.to_lowercase() == part))
        .or_else(|| by(&|id, name| name.to_lowercase().contains(&part) && !id.ends_with(".monitor")))
        .or_else(|| by(&|_, name| name.to_lowercase().contains(&part)))
}

/// The connections to sound systems. They are kept, because cpal's to PulseAudio leaves a thread and a socket behind with
/// each one that is given up, and because PulseAudio takes 64 only.
static HOSTS: Mutex<Vec<(HostId, Arc<Host>)>> = Mutex::new(Vec::new());

/// Asks a sound system; where the connection has died, a second time by a new one.
fn with_host<T>(id: HostId, ask: impl Fn(&Host) -> Result<T, cpal::Error>) -> Result<T, DeviceError> {
    let kept = || HOSTS.lock().unwrap_or_else(PoisonError::into_inner);
    let known = kept().iter().find(|(known, _)| *known == id).map(|(_, host)| host.clone());
    if let Some(host) = known {
        if let Ok(answer) = ask(&host) {
            return Ok(answer);
        }
        kept().retain(|(_, known)| !Arc::ptr_eq(known, &host));
    }
    let host = Arc::new(cpal::host_from_id(id).map_err(failed)?);
    let answer = ask(&host).map_err(failed)?;
    let mut kept = kept();
    if !kept.iter().any(|(known, _)| *known == id) {
        kept.push((id, host));
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Vec<(String, String)> {
        [
            ("pulseaudio:alsa_output.usb.monitor", "Monitor of Loa USB"),
            ("pulseaudio:alsa_input.usb", "Micrô USB Để Bàn"),
            ("pulseaudio:alsa_input.pci", "Built-in Audio"),
            ("alsa:plughw:CARD=0,DEV=0", "HDA Intel"),
        ]
        .map(|(id, name)| (id.to_owned(), name.to_owned()))
        .to_vec()
    }

    #[test]
    fn a_device_is_found_by_each_of_its_names() {
        for (wanted, place) in [
            ("pulseaudio:alsa_input.pci", Some(2)),
            ("alsa_input.usb", Some(1)),
            ("alsa_output.usb.monitor", Some(0)),
            ("plughw:CARD=0,DEV=0", Some(3)),
            ("CARD=0,DEV=0", Some(3)),
            ("micrô usb để bàn", Some(1)),
            ("ĐỂ BÀN", Some(1)),
            ("usb", Some(1)),
            ("Monitor of", Some(0)),
            ("built-in", Some(2)),
            ("alsa_input", None),
            ("bluetooth", None),
        ] {
            assert_eq!(fitting(&names(), wanted), place, "{wanted}");
        }
    }

    #[test]
    fn the_line_of_a_device_tells_what_it_can() {
        let mut info = DeviceInfo {
            kind: DeviceKind::Microphone,
            id: "alsa:default".into(),
            name: "Default Audio Device".into(),
            is_default: true,
            sample_rate: Some(48_000),
            channels: Some(2),
            format: Some("i16".into()),
            rates: Some((8_000, 96_000)),
        };
        assert_eq!(
            info.to_string(),
            "* microphone alsa:default (Default Audio Device): 48000 Hz of 8000 to 96000, 2 channels, i16"
        );
        info.rates = None;
        assert!(info.to_string().ends_with("cannot be opened now"));
    }
}

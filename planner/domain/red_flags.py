"""The safety screen: the questions, each with its tier (rule T1 acts on them).

Domains after IFOMPT, Finucane 2020, JOSPT 50:350 [F]; wording ours; tiers are our default [D].
The same questions are asked again at every check-in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Tier(StrEnum):
    """What a positive answer leads to."""

    EMERGENCY = "emergency"  # emergency department now; nothing is planned
    URGENT = "urgent"  # same-day medical review; nothing is planned
    HOLD = "hold"  # nothing is planned until a clearance is recorded
    NOTE = "note"  # a printed warning


@dataclass(frozen=True)
class RedFlag:
    """One screening question."""

    id: str
    tier: Tier
    question: str
    action: str
    #: How people say it by themselves: patterns, in small letters.  Ours, and wide on purpose. [D]
    phrases: tuple[str, ...] = ()

    @property
    def ask(self) -> str:
        """What an answer that is not known asks for."""
        return f"{self.id.replace('_', ' ')} is not known: ask before the next session."

    def named_in(self, text: str) -> str:
        """The words of a text that speak of it, empty where none do."""
        said = re.sub(r"can['\u2019]?t\b", "cannot", text.lower())
        tries = (re.search(rf"\b(?:{phrase})", said) for phrase in self.phrases)
        return next((found[0] for found in tries if found), "")


RED_FLAGS: tuple[RedFlag, ...] = (
    RedFlag(
        "cauda_equina",
        Tier.EMERGENCY,
        "Numbness around the genitals or back passage, new trouble with bladder or bowel, or loss of sexual feeling?",
        "Emergency department now: possible cauda equina syndrome.",
        (
            r"(?:numb|tingl|no feeling|cannot feel)[^.;]{0,40}\b(?:genital|groin|crotch|private|perine|bottom)",
            r"(?:numb|tingl|no feeling|cannot feel)[^.;]{0,40}\b(?:anus|back passage|between (?:the|my) legs)",
            r"saddle|incontinen|bladder|bowels?\b|urin|wet myself|soiled|wiping|leak(?:s|ed|ing)\b",
            r"(?:cannot|could not|couldn.?t|unable to|trouble|hard to)[^.;]{0,15}\b(?:pee|wee|go to the toilet)",
            r"(?:numb|tingl|no feeling|cannot feel)[^.;]{0,25}\b(?:down there|when i (?:go|wipe)|wipe|the toilet)",
            r"strain\w* to (?:pee|wee|go)|(?:no|lost|loss of) sexual|erection|ejaculat|orgasm",
        ),
    ),
    RedFlag(
        "severe_deficit_both_legs",
        Tier.EMERGENCY,
        "Severe or growing weakness in both legs?",
        "Emergency department now: severe or progressive deficit in both legs.",
        (
            r"(?:both|two|my) legs[^.;]{0,25}\b(?:weak|give way|gave way|giving way|collaps|buckl)",
            r"(?:weak|collaps)[^.;]{0,25}\bboth legs",
            r"cannot (?:stand|walk)\b",
            r"paraly",
        ),
    ),
    RedFlag(
        "progressive_weakness",
        Tier.URGENT,
        "Leg weakness that is new or growing (one MRC grade or more)?",
        "Same-day medical review: progressive motor loss.",
        (
            r"foot (?:drop|slap|drag)|drop foot",
            r"(?:cannot|could not|couldn.?t|hard to|unable to) (?:lift|raise|move) (?:my|the) (?:foot|feet|toes?|leg)",
            r"drag\w* (?:my|the) (?:foot|toes|leg)",
            r"(?:leg|foot|knee)[^.;]{0,12}\b(?:gave|gives|giving) way",
            r"(?:leg|foot|toes?)[^.;]{0,20}\bweak",
            r"weak\w*[^.;]{0,12}\b(?:leg|foot|toe)",
            r"tripp(?:ed|ing) over",
        ),
    ),
    RedFlag(
        "new_bilateral_leg_symptoms",
        Tier.URGENT,
        "New or worsening pain or pins and needles in both legs?",
        "Same-day medical review: new bilateral radicular signs.",
        (
            r"(?:numb|tingl|pins and needles|pain|hurt|burn|sciatica)[^.;]{0,25}\bboth (?:legs|feet|calves)",
            r"both (?:legs|feet|calves)[^.;]{0,25}\b(?:numb|tingl|pins and needles|pain|hurt|burn)",
        ),
    ),
    RedFlag(
        "cord_signs",
        Tier.URGENT,
        "Unsteady walking, clumsy hands, or other signs from the spinal cord?",
        "Same-day medical review: possible cord compression.",
        (
            r"clums(?:y|ier)",
            r"unstead(?:y|ier) (?:on|walk|gait)",
            r"(?:walk|gait|feet)[^.;]{0,15}\bunstead",
            r"electric shock",
        ),
    ),
    RedFlag(
        "vascular",
        Tier.URGENT,
        "Pulsating swelling in the belly, known aneurysm, or a hot swollen calf?",
        "Same-day medical review: possible vascular cause.",
        (r"aneurysm|pulsat", r"(?:hot|swollen)[^.;]{0,15}\bcalf", r"calf[^.;]{0,15}\b(?:hot|swollen)"),
    ),
    RedFlag(
        "infection",
        Tier.URGENT,
        "Fever or feeling unwell with back pain, or a recent infection, with low immunity or injected drugs?",
        "Same-day medical review: possible spinal infection.",
        (r"fever|shiver|night sweat|chills",),
    ),
    RedFlag(
        "chest_pain_or_unstable_heart",
        Tier.URGENT,
        "Chest pain, unstable heart rhythm, recent heart attack, or breathlessness at rest?",
        "Medical review before any exercise: unstable heart condition.",
        (
            r"chest (?:pain|tight|pressure)",
            r"(?:pain|tight\w*|pressure) (?:in|on|across) (?:my|the) chest",
            r"palpitation|heart (?:attack|racing|skips|flutter)",
            r"faint(?:ed|ing)\b|(?:passed|black(?:ed)?) out",
            r"breathless at rest|cannot breathe",
            r"taken to (?:the )?(?:er|hospital)\b|ambulance|emergency (?:room|department)",
            r"taken to (?:the )?(?:er|hospital)|(?:in|to) (?:the )?(?:emergency|a ?& ?e)\b|ambulance",
        ),
    ),
    RedFlag(
        "fracture",
        Tier.HOLD,
        "A fall or blow before the pain (even a small one over 70 or with thin bones), or long steroid use?",
        "Hold until a fracture has been looked for.",
        (
            r"fell (?:off|down|on|over|from|while|when)|(?:had a|bad|heavy) fall\b",
            r"slipped (?:on|in|down)|land(?:ed|ing)[^.;]{0,15}\b(?:back|bottom|hip)|knocked (?:off|down|over)",
            r"car (?:accident|crash)|hit by",
        ),
    ),
    RedFlag(
        "malignancy",
        Tier.HOLD,
        "Unexplained weight loss, night pain that nothing relieves, or cancer in the last ten years?",
        "Hold until a serious cause has been looked for.",
        (
            r"(?:lost|losing) (?:a lot of |some |much )?weight|weight loss",
            r"cancer|tumou?r",
            r"night pain|pain (?:all|at|every) night",
        ),
    ),
    RedFlag(
        "inflammatory",
        Tier.HOLD,
        "Under 45 with morning stiffness over 30 minutes and waking at night, or psoriasis, uveitis, bowel disease?",
        "Hold until inflammatory back pain has been looked for.",
        (r"psoriasis|uveitis|crohn|colitis|spondylitis",),
    ),
    RedFlag(
        "medical_stop",
        Tier.HOLD,
        "Severe valve disease, heart failure at rest, known aneurysm of the brain, recent fracture or clot, "
        "active retinopathy, acute joint inflammation, or unstable nerve disease?",
        "Hold until a doctor has cleared resistance exercise.",
        (r"blood clot|thrombosis|fractur|heart failure", r"broken (?:bone|rib|hip|wrist|ankle|vertebra)"),
    ),
    RedFlag(
        "cancer_long_ago",
        Tier.NOTE,
        "Cancer more than ten years ago, treated and discharged?",
        "Noted: tell your clinician about any new night pain or weight loss.",
    ),
    RedFlag(
        "steroids_or_low_immunity",
        Tier.NOTE,
        "Tablets that thin bones or lower immunity?",
        "Noted: bone and infection risk are a little higher.",
    ),
)

FLAG_IDS: tuple[str, ...] = tuple(flag.id for flag in RED_FLAGS)
#: What is asked when symptoms of the other leg, or of both, are news.
BOTH_LEGS: RedFlag = next(flag for flag in RED_FLAGS if flag.id == "new_bilateral_leg_symptoms")
#: What lost strength is told under.
WEAKNESS: RedFlag = next(flag for flag in RED_FLAGS if flag.id == "progressive_weakness")


def flags_named_in(text: str) -> tuple[tuple[RedFlag, str], ...]:
    """Safety questions that a text speaks of, each with the words that do, the most urgent first."""
    found = ((flag, flag.named_in(text)) for flag in RED_FLAGS)
    return tuple((flag, words) for flag, words in found if words)

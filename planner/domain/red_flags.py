"""The safety screen: the questions, each with its tier (rule T1 acts on them).

Domains after IFOMPT, Finucane 2020, JOSPT 50:350 [F]; wording ours; tiers are our default [D].
The same questions are asked again at every check-in.
"""

from __future__ import annotations

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

    @property
    def ask(self) -> str:
        """What an answer that is not known asks for."""
        return f"{self.id.replace('_', ' ')} is not known: ask before the next session."


RED_FLAGS: tuple[RedFlag, ...] = (
    RedFlag(
        "cauda_equina",
        Tier.EMERGENCY,
        "Numbness around the genitals or back passage, new trouble with bladder or bowel, or loss of sexual feeling?",
        "Emergency department now: possible cauda equina syndrome.",
    ),
    RedFlag(
        "severe_deficit_both_legs",
        Tier.EMERGENCY,
        "Severe or growing weakness in both legs?",
        "Emergency department now: severe or progressive deficit in both legs.",
    ),
    RedFlag(
        "progressive_weakness",
        Tier.URGENT,
        "Leg weakness that is new or growing (one MRC grade or more)?",
        "Same-day medical review: progressive motor loss.",
    ),
    RedFlag(
        "new_bilateral_leg_symptoms",
        Tier.URGENT,
        "New or worsening pain or pins and needles in both legs?",
        "Same-day medical review: new bilateral radicular signs.",
    ),
    RedFlag(
        "cord_signs",
        Tier.URGENT,
        "Unsteady walking, clumsy hands, or other signs from the spinal cord?",
        "Same-day medical review: possible cord compression.",
    ),
    RedFlag(
        "vascular",
        Tier.URGENT,
        "Pulsating swelling in the belly, known aneurysm, or a hot swollen calf?",
        "Same-day medical review: possible vascular cause.",
    ),
    RedFlag(
        "infection",
        Tier.URGENT,
        "Fever or feeling unwell with back pain, or a recent infection, with low immunity or injected drugs?",
        "Same-day medical review: possible spinal infection.",
    ),
    RedFlag(
        "chest_pain_or_unstable_heart",
        Tier.URGENT,
        "Chest pain, unstable heart rhythm, recent heart attack, or breathlessness at rest?",
        "Medical review before any exercise: unstable heart condition.",
    ),
    RedFlag(
        "fracture",
        Tier.HOLD,
        "A fall or blow before the pain (even a small one over 70 or with thin bones), or long steroid use?",
        "Hold until a fracture has been looked for.",
    ),
    RedFlag(
        "malignancy",
        Tier.HOLD,
        "Unexplained weight loss, night pain that nothing relieves, or cancer in the last ten years?",
        "Hold until a serious cause has been looked for.",
    ),
    RedFlag(
        "inflammatory",
        Tier.HOLD,
        "Under 45 with morning stiffness over 30 minutes and waking at night, or psoriasis, uveitis, bowel disease?",
        "Hold until inflammatory back pain has been looked for.",
    ),
    RedFlag(
        "medical_stop",
        Tier.HOLD,
        "Severe valve disease, heart failure at rest, known aneurysm of the brain, recent fracture or clot, "
        "active retinopathy, acute joint inflammation, or unstable nerve disease?",
        "Hold until a doctor has cleared resistance exercise.",
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

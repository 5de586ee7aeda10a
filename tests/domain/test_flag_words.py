"""Red flags in people's own words."""

from __future__ import annotations

import pytest

from planner.domain.flag_words import SAID, WORDS, flags_named_in
from planner.domain.red_flags import RED_FLAGS, Tier


@pytest.mark.parametrize(
    ("words", "flag"),
    [
        ("Numb between the legs since Monday", "cauda_equina"),
        ("felt tingling around my bottom", "cauda_equina"),
        ("I can’t pee properly", "cauda_equina"),
        ("trouble with my bladder", "cauda_equina"),
        ("numb down there", "cauda_equina"),
        ("can't feel it when I wipe", "cauda_equina"),
        ("no feeling when I go to the toilet", "cauda_equina"),
        ("erection trouble since Monday", "cauda_equina"),
        ("have to strain to pee", "cauda_equina"),
        ("I can’t lift my toes any more", "progressive_weakness"),
        ("can't lift my foot", "progressive_weakness"),
        ("slipped on the ice yesterday and landed hard on my back", "fracture"),
        ("knocked off my bike", "fracture"),
        ("taken to the ER last night", "chest_pain_or_unstable_heart"),
        ("both legs felt weak on the stairs", "severe_deficit_both_legs"),
        ("my left foot drags, foot drop?", "progressive_weakness"),
        ("the leg feels weaker", "progressive_weakness"),
        ("pins and needles in both feet", "new_bilateral_leg_symptoms"),
        ("a bit unsteady on my feet", "cord_signs"),
        ("swollen calf after the flight", "vascular"),
        ("had a fever last night", "infection"),
        ("chest tightness on the hill", "chest_pain_or_unstable_heart"),
        ("Fell off the ladder", "fracture"),
        ("lost weight without trying", "malignancy"),
    ],
)
def test_what_a_patient_writes_of_a_red_flag_is_heard(words: str, flag: str) -> None:
    assert flag in [found.id for found, _ in flags_named_in(words)]


@pytest.mark.parametrize(
    "words",
    [
        "at the airport",
        "both legs tired after squats",
        "calf a bit tight",
        "felt good, fell asleep early",
        "numb toes as usual",
        "slept badly, pain in the back in the morning",
        "no time",
        "could not lift the 16 kg bell today",
        "wiped out after the walk",
        "bottomed out on the goblet squat",
    ],
)
def test_everyday_words_are_left_alone(words: str) -> None:
    assert not flags_named_in(words)


HEARD = """
my groin is numb|cauda_equina
constipated since Monday and bum is numb|cauda_equina
no feeling down below|cauda_equina
it takes ages to start peeing|cauda_equina
no urge to go to the toilet any more|cauda_equina
pins and needles in my groin|cauda_equina
No control over my bladder|cauda_equina
bladder does not empty|cauda_equina
haven't peed since this morning|cauda_equina
didn't make it to the toilet in time|cauda_equina
I have not been able to pass water|cauda_equina
between my legs it feels dead|cauda_equina
private parts tingling|cauda_equina
no pain today, bladder trouble since Monday|cauda_equina
slept well and no pain but my bum went numb|cauda_equina
I don't feel when my bladder is full|cauda_equina
weak stream when I pee|cauda_equina
my backside has lost feeling|cauda_equina
Loss of control of bowels|cauda_equina
no numbness in the leg, numb groin though|cauda_equina
losing power in both legs|severe_deficit_both_legs
my legs keep giving way|severe_deficit_both_legs
left foot has no strength|progressive_weakness
toes catch on the stairs|progressive_weakness
burning in both feet|new_bilateral_leg_symptoms
both calves tingle at night|new_bilateral_leg_symptoms
wobbly when walking|cord_signs
hands are numb and I drop things|cord_signs
cannot do up my buttons|cord_signs
walking as if I am drunk|cord_signs
numb fingers since Tuesday|cord_signs
throbbing in my tummy|vascular
my stomach is pulsating|vascular
calf went red and hot|vascular
temperature of 38.5|infection
temp 39 this morning|infection
38.4 degrees last night|infection
had a temperature of 101 F|infection
shivering and sweats at night|infection
short of breath lying down|chest_pain_or_unstable_heart
breathless in bed at night|chest_pain_or_unstable_heart
my chest felt tight on the stairs|chest_pain_or_unstable_heart
sudden crack in the back|fracture
I am now 3 cm shorter|fracture
I have lost height|fracture
sharp pain in mid back after coughing|fracture
heard a pop in my spine when I bent|fracture
coughed and felt a stabbing pain in the back|fracture
tripped on the carpet|fracture
stumbled down the stairs|fracture
had a nasty fall on Sunday|fracture
slipped in the shower|fracture
I fell yesterday|fracture
lost 6 kg without trying|malignancy
lost a stone in two months|malignancy
I've lost about 10 lb|malignancy
4 kilos lighter since October|malignancy
my weight keeps dropping|malignancy
my doctor found a lump in my breast|malignancy
a lump under my armpit|malignancy
started prednisolone|steroids_or_low_immunity
on steroids since last week|steroids_or_low_immunity
broke my wrist|medical_stop
"""
#: The same for sentences of which any question is right.
HEARD_SOMEHOW = """
I cannot feel my bottom
my bottom has gone numb
numbness down there when I sit
the skin around my anus feels strange
toilet paper feels different, can't feel it
I can't tell when I need to pee
not aware that I was wetting myself
had an accident, did not get to the loo in time
leaking urine when I cough
stool came out without noticing
no bowel movement for five days
I cannot get an erection
sex feels numb
my privates have pins and needles
reduced sensation in the saddle area
both legs are getting weaker
legs give way when I stand
my knee gave way
can't lift my left foot
my foot slaps on the floor
foot feels floppy
can't stand on tiptoe on the right
leg is weaker than last week
tingling in both legs since the weekend
pain now down both legs
pain in left and right leg
electric shocks down my spine when I bend my neck
unsteady on stairs
balance is bad when I walk
can't hold a cup any more
fingers clumsy
my hands feel numb and weak
lump in my stomach that beats
pulsating feeling in my abdomen
calf is swollen
hot, painful calf
I have a fever
feverish since last night
temp of 38
temperature 38,7
39.2 °C yesterday
chills and sweating at night
crushing chest pain
pressure in my chest
heart was racing at rest
can't breathe when I lie flat
woke up gasping
blacked out at work
fell off my bike
fell down the stairs
had a fall
took a tumble
tripped over the dog
slipped on ice
car crash on Friday
back went crack when I lifted the bag
something cracked in my back
I shrank 2 cm
getting shorter
two inches shorter than last year
losing weight
lost weight, not dieting
I lost two stone
lost 5kg
down 4 kg in a month
weight has dropped a lot
found a lump in my neck
GP sent me for a biopsy
pain wakes me every night
pain at night that nothing helps
psoriasis flare
taking prednisone
GP put me on steroids
methotrexate started
I have a stress fracture in my foot
blood clot in the leg
my leg is numb and weak
no sleep, cannot pee
no, my groin is numb
no im numb in the groin
not good: groin numb
didn't sleep, bladder leaking
no relief from the numb groin
no improvement, still numb between the legs
not sure if my bladder is ok
no pain. Bladder is slow
no longer able to feel my bum
no change in bladder problems
"""
#: Nothing of this may ask: a question at every entry makes people stop reading.
ORDINARY = """
pain 3 before, 2 after
no red flags
bladder fine, bowels fine
groin a bit tight after lunges
adductor stretch in the groin was hard
did 3x8 at 20 kg, hard
down to 12 kg today
lost 2 reps on the last set
lost balance once on the single-leg stand
lost interest
sat on the toilet reading
legs shaky after squats
legs were dead after the run
my legs feel heavy
left knee a little sore
hand slipped off the bar
fell short of the target
fell out of the plank
falling asleep on the sofa
temperature outside 35
hot day, 30 degrees
hot shower helped
walked 4 km
walking fine
back popped, felt better
cracked my knuckles
coughing a bit, have a cold
chest day
heart rate 140 on the bike
out of breath on the hill
numbness in the toes as before
tingling in left calf unchanged
foot numb as usual
calf sore after raises
calf cramp
stomach ache after lunch
stomach cramps
swelling in the knee is gone
lunch was heavy, stomach full
weight 20 kg felt light
added weight
body weight squats
lost track of time
dropped the dumbbell
dropped to 8 kg
used the loo halfway
went for a walk in the dark
stairs are hard
could not get to the gym
cannot do more than 5
hip flexor tight
mid back sore after rows
sharp pain on the last rep
sudden twinge
slept badly, woke at 3
did not sleep
no pain at all
no problems
nothing to report
both knees sore after squats
both feet flat on the floor
both legs sore after squats
denies bladder/bowel symptoms
no saddle anaesthesia
no saddle numbness or bladder or bowel change
no history of cancer, no steroids, no fever
no falls, no fractures
cauda equina: no
bladder: no
no trouble with bladder or bowels
no new weakness in the legs
no leg weakness
has not fallen
never fell
no chest pain
denies chest pain, palpitations or breathlessness at rest
no numbness in hands
weight stable, no night sweats
X-ray negative for fracture
no evidence of fracture on MRI
fracture excluded on CT
no sign of infection or tumour
could not finish, ran out of time
took ages to get to the gym
problems with the car
had trouble with the last set
groin stretch felt good
lost my keys
fell asleep
fell behind with the plan
temperature in the gym 25
no numbness anywhere
broke a sweat
heavy legs after squats
tripped over my words
stumbled over my words
x-ray: no fracture
no numbness, no bladder trouble
MRI shows no fracture
denies saddle numbness
denies numbness, bladder trouble and weakness
no numbness, tingling or bladder trouble
no bladder or bowel trouble
bladder and bowels fine
fracture ruled out
no fever or chills
no pins and needles in both legs
not numb in the groin
groin is not numb
without any weakness in the leg
no weight loss, fever or night sweats
has never had cancer
no falls
I did not fall over
squat 38 kg
38 reps in all
hip flexion 38 degrees
lost count after 8 reps
lost 5 kg on the bar, too heavy
shorter rests today
did the short session, shorter by ten minutes
back cracked nicely
popped to the shops
sharp pain when bending
cold hands
hands sweaty on the bar
glutes burning
wobbly on one leg
out of breath after the stairs
walking was hard today
took the stairs, hard
chest press went well
chest to the floor push-ups
in bed early
stomach full
calf stretch, nice and warm
weak coffee before training
hard session
the last set was hard, went to the bathroom and finished
legs felt strong
slow squats
slipped my mind
pain fell from 4 to 2
knee sore
a wee bit stiff
felt dead tired
feeling good, back feels loose
new shoes for walking
trouble sleeping
problems with the band
both legs worked hard
could not do the last set
no power in the gym, lights out
"""


@pytest.mark.parametrize("line", HEARD.strip().splitlines())
def test_paraphrases_are_heard(line: str) -> None:
    words, _, flag = line.partition("|")
    assert flag in [found.id for found, _ in flags_named_in(words)]


@pytest.mark.parametrize("words", HEARD_SOMEHOW.strip().splitlines())
def test_no_such_sentence_passes_without_a_question(words: str) -> None:
    assert flags_named_in(words)


@pytest.mark.parametrize("words", ORDINARY.strip().splitlines())
def test_ordinary_sentences_ask_nothing(words: str) -> None:
    assert not flags_named_in(words)


NUMB_LEGS = """
leg went numb after
my foot has gone numb since Tuesday
new numbness in the left calf
toes numb now
numb left leg since the drive
Taubheit im Bein seit gestern
Bein ist taub geworden
neue Taubheit im linken Fuß
Fuß taub seit gestern
"""


@pytest.mark.parametrize("words", NUMB_LEGS.strip().splitlines())
def test_a_leg_that_is_newly_numb_asks_about_its_strength_and_not_about_the_saddle(words: str) -> None:
    assert [found.id for found, _ in flags_named_in(words)] == ["progressive_weakness"]


@pytest.mark.parametrize("words", ["numb between my legs since tonight", "zwischen den Beinen taub seit gestern"])
def test_numbness_between_the_legs_asks_about_the_saddle_alone(words: str) -> None:
    assert [found.id for found, _ in flags_named_in(words)] == ["cauda_equina"]


GERMAN = """
Taubheit im Schritt|cauda_equina
seit gestern taub zwischen den Beinen|cauda_equina
kein Gefühl im Schritt|cauda_equina
Kribbeln im Intimbereich|cauda_equina
kann den Urin nicht halten|cauda_equina
kann kein Wasser mehr lassen, Blase verliert Kontrolle|cauda_equina
Probleme beim Wasserlassen|cauda_equina
Kontrollverlust über Blase und Darm|cauda_equina
keine Kontrolle über die Blase|cauda_equina
die Blase lässt sich nicht entleeren|cauda_equina
inkontinent seit Montag|cauda_equina
kein Harndrang mehr|cauda_equina
in die Hose gemacht|cauda_equina
Reithosenanästhesie|cauda_equina
beide Beine schwach|severe_deficit_both_legs
kann nicht mehr gehen|severe_deficit_both_legs
die Beine knicken weg|severe_deficit_both_legs
keine Kraft in beiden Beinen|severe_deficit_both_legs
Kribbeln in beiden Füßen|new_bilateral_leg_symptoms
Schmerzen in beiden Beinen|new_bilateral_leg_symptoms
das linke Bein wird schwächer|progressive_weakness
Kraftverlust im Fuß|progressive_weakness
keine Kraft im linken Bein|progressive_weakness
kann den Fuß nicht mehr heben|progressive_weakness
Fußheberschwäche links|progressive_weakness
keine Taubheit, aber Blase macht Probleme|cauda_equina
kein Gefühl mehr im Schritt|cauda_equina
mein Bein gibt beim Gehen nach|progressive_weakness
das Bein ist zweimal eingeknickt|progressive_weakness
"""
GERMAN_ORDINARY = """
Schritt für Schritt besser
keine Taubheit im Schritt
keine neue Taubheit im Schritt oder Probleme mit der Blase
keine Probleme mit Blase oder Darm
ohne Taubheit in den Beinen
keine Schwäche im Bein
keine Lähmung der Beine
Zehen taub wie immer
Taubheit im Fuß unverändert
Aufstehen vom Stuhl noch schwierig
Blase am Fuß, Probleme beim Gehen
Taubheit im Schritt verneint
Beine müde nach den Kniebeugen
Schmerzen im Rücken beim Sitzen
Kniebeuge war schwer, Rücken gut
"""


@pytest.mark.parametrize("line", GERMAN.strip().splitlines())
def test_what_stops_at_once_is_heard_in_german(line: str) -> None:
    words, _, flag = line.partition("|")
    assert flag in [found.id for found, _ in flags_named_in(words)]


@pytest.mark.parametrize("words", GERMAN_ORDINARY.strip().splitlines())
def test_ordinary_sentences_in_german_ask_nothing(words: str) -> None:
    assert not flags_named_in(words)


def test_every_question_that_stops_has_words_and_every_word_is_used() -> None:
    assert set(SAID) >= {flag.id for flag in RED_FLAGS if flag.tier is not Tier.NOTE}
    assert {thing for said in SAID.values() for things in said for thing in things} == set(WORDS)

"""Red flags in people's own words: which words ask which safety question.  Ours, and wide on purpose. [D]

``WORDS`` says the same thing in many ways; ``SAID`` says which things have to be said together, in any order and close
to each other in one sentence, to speak of a red flag.  What somebody says is *not* there ("no numbness", "x-ray: no
fracture", "fracture ruled out") speaks of nothing; words that are themselves about a loss ("no feeling") do.

In German the same is asked only of what stops a programme at once: the saddle, bladder and bowel, both legs, strength.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise, product
from typing import Final

from planner.domain.red_flags import RED_FLAGS, RedFlag

#: Characters between words that belong together, at most.
_NEAR: Final = 45
_COUNT: Final = r"(?:\d{1,3}(?:[.,]\d+)?|an?|half an?|one|two|three|four|five|six|several|some|a few|a couple of)"
_HOT: Final = r"(?:3[89]|4[0-2])(?:[.,]\d{1,2})?(?![.,]?\d)"
_NOT_NEW: Final = (
    r"(?!.*\b(?:as (?:usual|before|always|ever)|unchanged|no worse|wie (?:immer|sonst|bisher|gehabt)|unverändert))"
)
#: What is between the legs is the saddle, and not of a leg.
_NOT_BETWEEN: Final = r"(?<!between )(?<!between my )(?<!between the )(?<!between h[ie][sr] )(?<!zwischen den )"
_HOT_F: Final = r"10[0-7](?:[.,]\d)?(?![.,]?\d)"

#: Ways to say a thing: patterns of whole words, in small letters, with "can't" as "cannot" and "n't" as " not".
WORDS: Final[dict[str, tuple[str, ...]]] = {
    # ---- signs
    "numb": (
        r"numb(?:ness|ed|ing|er)?",
        r"tingl\w*",
        r"pins (?:and|&|n) needles",
        r"(?:no|not any|lost|lost all|lost the|lost my|losing|loss of|less|altered|reduced|changed) "
        r"(?:feeling|sensation)",
        r"(?:cannot|could not|do not|does not|did not|not able to|unable to|no longer(?: able to)?|barely|hardly|not) "
        r"(?:really )?feel",
        r"(?:feels?|felt|went|gone|goes|going) (?:dead|asleep|weird|strange|like cotton wool)",
        r"an?esthetised|paresthesia|paraesthesia",
        r"taub(?:heit\w*|e[nrs]?)?|gefühllos\w*|pelzig\w*|kribbel\w*|ameisenlaufen",
        r"(?:kein|keinerlei|kaum|wenig|weniger) gefühl|gefühl (?:\w+ )?(?:verloren|weg|gestört)",
        r"(?:spür|fühl)\w* (?:\w+ ){0,3}(?:nichts|nicht mehr|kaum)",
    ),
    # numbness that is known is said to be so ("as usual")
    "newly numb": (
        rf"(?:went|gone|goes|going|became|turned|got|gets|getting|suddenly|newly) (?:\w+ )?numb(?:er)?{_NOT_NEW}",
        rf"(?:new|sudden|more|worse|spreading) numbness{_NOT_NEW}",
        rf"numb(?:ness)?(?= (?:\w+ ){{0,3}}(?:since|now|after|afterwards)\b){_NOT_NEW}",
        rf"taub geworden{_NOT_NEW}|(?:wurde|wird|plötzlich|jetzt) (?:\w+ ){{0,2}}taub{_NOT_NEW}|neue taubheit\w*",
        rf"taub(?:heit\w*)?(?= (?:\w+ ){{0,3}}(?:seit|nach|danach|hinterher|jetzt)\b){_NOT_NEW}",
    ),
    "lost": (
        r"(?:no|lost|lose|losing|loss of|less|poor|without|any more|difficult\w*) "
        r"(?:\w+ )?(?:control|urge|warning|power)",
        r"no (?:urge|need|desire)",
        r"kontrollverlust|(?:keine|verlust der) kontrolle|kontrolle (?:\w+ ){0,3}(?:verloren|weg)",
    ),
    "hard": (
        r"cannot|could not|unable|not (?:been )?able|impossible|trouble|difficult\w*|problems?|struggl\w*",
        r"strain\w*|hard to",
        r"(?:is|are|gets?|getting|becom\w+|became) (?:so |very |too )?hard(?:er)?",
        r"takes? (?:\w+ )?(?:ages|forever|long|longer|minutes|a while|time)|taking (?:\w+ )?(?:ages|forever|long)",
        r"(?:have|has|had|need|needs|needed) to push|hesita\w*|slow|weak|weaker|dribbl\w*|trickle|will not|would not",
        r"(?:not|never) (?:empty\w*|properly|fully|completely)|retention|in time|before i get|accidents?",
        r"desperate\w*",
        r"(?:have|has) not (?:\w+ )?(?:been|peed|gone|weed)|did not (?:make|notice|know)|leak\w*",
        r"without (?:noticing|knowing)",
        r"(?:kann|konnte|lässt sich) (?:\w+ ){0,4}(?:nicht|kaum)|probleme?n?|schwierig\w*|verlier\w*",
        r"nicht (?:mehr )?(?:\w+ )?(?:halten|lassen|entleeren|leeren|kontrollier\w*|spüren|merken)",
        r"störung\w*|verloren|tröpfel\w*|nicht rechtzeitig",
    ),
    "weak": (
        r"weak\w*|(?:giv(?:e|es|ing)|gave) (?:way|out)|collaps\w*|buckl\w*|no (?:strength|power)",
        r"(?:lost|losing|loss of) (?:\w+ )?(?:strength|power)|will not (?:hold|carry) me|heavier and weaker",
        r"paraly\w*",
        r"schwach\w*|schwäche\w*|schwächer\w*|kraftlos\w*|kraftverlust|(?:keine|weniger|kaum) kraft|lähmung\w*|gelähmt",
        r"kraft (?:\w+ ){0,3}(?:verloren|weg|nachgelassen)|(?:knickt?|knicken|sackt?|sacken) (?:\w+ )?(?:weg|ein)",
        r"(?:gibt|gab|geben|gaben) (?:\w+ ){0,2}nach|(?:ein|weg)ge(?:knickt|sackt)",
    ),
    "sharp": (
        r"sharp|sudden\w*|severe|stab\w*|excruciating|intense|awful",
        r"crack\w*|snap\w*|crunch\w*|something (?:went|gave)",
    ),
    "crack": (r"crack(?:ed)?|snap(?:ped)?|crunch(?:ed)?|pop(?:ped)?",),
    "sudden": (r"sudden\w*|heard|felt an?|something|there was an?|loud|went",),
    "jolt": (r"cough\w*|sneez\w*|jolt\w*|bump\w*|lifting nothing|turning over in bed",),
    "ache": (
        r"pains?|painful|hurts?|hurting|burn\w*|sciatica|ach(?:e|es|ing)|shooting",
        r"\w*schmerz\w*|brennen",
    ),
    "unsteady": (
        r"wobbl\w*|unsteady|unsteadier|unsteadiness|stagger\w*|off balance|unbalanced|lurch\w*",
        r"as if (?:i am )?drunk|(?:bad|poor|lost my|losing my|no) balance",
        r"balance (?:is|has|got|gets) (?:\w+ )?(?:bad|worse|off|poor|gone)",
    ),
    "breathless": (
        r"short(?:ness)? of breath|breathless\w*|out of breath|cannot breathe|could not breathe|gasp\w*|winded",
        r"(?:hard|trouble|difficult\w*|struggl\w*) (?:to )?breath\w*|cannot (?:catch|get) my breath",
        r"fighting for (?:air|breath)",
    ),
    "throb": (r"throb\w*|puls(?:e|es|ing|ating|ates?|ation)|beats?|beating|thumping",),
    "lump": (r"lumps?|growths?|masses|a mass|swelling|nodules?",),
    "hot": (r"hot|swollen|swelling|swelled|red",),
    "found": (r"found|finds?|feel|felt|noticed|new|have an?|got an?|has an?",),
    # ---- regions
    "saddle": (
        r"groin|genitals?|genital area|crotch|privates?|private parts?|perine\w*|bottom(?! of)|bum|backside|arse|ass",
        r"anus|rectum|back passage|vagin\w*|vulva\w*|labia|penis|testic\w*|balls|scrotum|saddle|inner thighs",
        r"between (?:the |my |his |her |both )?(?:legs|thighs)|down (?:there|below)",
        r"(?:when|as) (?:i|he|she) (?:wipes?|goes?|go)",
        r"wip(?:e|ing)|toilet paper|the toilet",
        r"im schritt|schrittbereich|schambereich|genital\w*|intimbereich|reithose\w*|hoden|scheide|dammbereich|am damm",
        r"um den after|afterbereich|gesäß|hintern|zwischen den beinen|unten ?rum",
    ),
    "toilet": (
        r"pee|peeing|peed|(?<!a )wee|weeing|urinat\w*|urine|pass(?:ing)? (?:water|urine)|water ?works|bladder",
        r"bowels?",
        r"toilet|loo|bathroom|poo|pooing|pooping|stools?|number two|(?:my|a) motion|go(?:ing)? for a wee|hold it",
        r"blase(?! (?:am|an|auf|unter|vom))|harn\w*|wasser ?lassen|pinkel\w*|darm|stuhlgang|stuhl (?:halten|verloren)",
    ),
    "both legs": (
        r"(?:both|two) (?:of my )?(?:legs|feet|calves|thighs)|(?:left and right|right and left) leg",
        r"beiden? (?:\w+ )?(?:beinen?|füßen?|füssen?|waden|oberschenkeln?)",
    ),
    "legs": (
        r"(?:both|two|my|the) (?:of my )?legs",
        r"(?:meine|die|den|meinen) beinen?",
    ),
    "leg": (
        rf"{_NOT_BETWEEN}legs?|foot|feet|toes?|ankles?|knees?|{_NOT_BETWEEN}thighs?|calf",
        rf"{_NOT_BETWEEN}beine?[ns]?|fuß|füßen?|fuss|zehen?|zeh|waden?|knie|oberschenkeln?",
    ),
    "hands": (r"hands?|fingers|both arms",),
    "walking": (r"walk(?:ing|ed|s)?(?! lunges?)|gait|stairs|steps|(?:on|in) my (?:feet|legs)|standing up|in the dark",),
    "spine": (r"(?:mid(?:dle)?|upper|lower|low)? ?back|spine|thoracic|between (?:the|my) shoulder ?blades|ribs?",),
    "calf": (r"calf|calves|lower leg",),
    "belly": (r"belly|tummy|stomach|abdom\w*|navel|gut",),
    "chest": (r"chest|breastbone|left arm|jaw",),
    "at rest": (
        r"(?:at|while|when|even) rest(?:ing)?|doing nothing",
        r"(?:lying|lie|laying|lay) (?:down|flat|in bed|on my back)|lying",
        r"sitting still|just sitting|in bed|at night|wak\w* (?:me )?up|woke|asleep|propped up|more pillows",
    ),
    "body part": (r"breasts?|testic\w*|armpits?|neck|groin|skin|belly|tummy|stomach|abdomen|thyroid|doctor|gp|nurse",),
    # ---- things that are enough by themselves
    "toilet words": (
        r"saddle (?:numb\w*|an?esth\w*)|numb saddle|incontinen\w*|bladder|bowels?|urin\w*|wet myself",
        r"wetting myself|wet the bed",
        r"(?:have|has|did|do|does) not (?:\w+ )?(?:peed?|weed?|urinated?|pass(?:ed)? (?:water|urine))",
        r"no bowel (?:movements?|motions?)|not (?:\w+ )?opened (?:my )?bowels",
        r"soiled|soiling|wiping|leak(?:s|ed|ing)?|catheter|constipat\w*|cauda equina|saddle",
        r"inkontinen\w*|harnverhalt\w*|(?:kein|fehlender) harndrang|eingenässt|eingekotet",
        r"in die hose (?:gemacht|gegangen)|reithosen\w*",
    ),
    "sexual": (
        r"(?:no|lost|loss of|less|reduced) sexual|erections?|erectile|ejaculat\w*|orgasms?|impoten\w*",
        r"(?:cannot|could not|do not|not) feel (?:\w+ )?(?:sex|during sex)|numb during sex",
        r"sex feels? (?:numb|different)",
    ),
    "cannot walk": (
        r"cannot (?:stand|walk)(?: up)?|paraly\w*|legs do not (?:work|carry|hold)\w*",
        r"kann nicht (?:mehr )?(?:gehen|laufen|stehen)",
    ),
    "drop foot": (
        r"foot (?:drop|slap|drag)\w*|drop foot|floppy foot|(?:foot|ankle) (?:\w+ ){1,2}floppy",
        r"(?:foot|toes?) (?:drags?|dragging|slaps?|catch(?:es)?|hangs)",
        r"(?:cannot|could not|hard to|unable to|not able to) (?:lift|raise|move|push up on) (?:my|the) (?:\w+ )?"
        r"(?:foot|feet|toes?|leg)",
        r"drag\w* (?:my|the) (?:\w+ )?(?:foot|toes|leg)|tripp(?:ed|ing) over(?! (?:my |his |her |the |our )?words?)",
        r"cannot (?:walk|stand|go up) on (?:my )?(?:tip ?)?(?:toes|heels?)",
        r"fußheber\w*|(?:fuß|zehen?|vorfuß) (?:\w+ ){0,3}nicht (?:mehr )?(?:an)?heben|fuß (?:hängt|schleift)",
    ),
    "clumsy": (
        r"clums\w+|fumbl\w+|drop(?:ping|ped)? (?:things|stuff|my|cups?|plates?|everything)|electric shocks?",
        r"(?:cannot|could not|hard to|trouble|struggl\w*) (?:\w+ ){0,3}(?:buttons?|zips?|laces|keys)|handwriting",
        r"(?:cannot|could not|hard to|trouble) (?:hold|grip)\w* (?:\w+ ){0,2}(?:cups?|pens?|forks?|glass|keys?|phone)",
    ),
    "vessel": (r"aneurysms?|aorta|aortic|pulsat\w*|deep vein|dvt",),
    "fever": (
        r"fever\w*|night[^.;]{0,12}sweat\w*|shiver\w*|rigors?|night sweats?|chills|sweats? at night",
        r"sweating at night|drenched|sepsis|abscess",
        rf"temp(?:erature)?\b[^.;]{{0,20}}?\b(?:{_HOT}|{_HOT_F})",
        rf"(?:{_HOT}|{_HOT_F}) ?(?:[°º]|degrees? )(?:c\b|celsius|f\b|fahrenheit)",
        r"(?:3[89]|4[0-2])[.,]\d ?(?:[°º]|degrees)",
        rf"(?:had|have|was|ran|running|up to|got to) {_HOT}(?= ?(?:$|this|last|yesterday|today|all|at|and))",
        r"(?:high|raised|a) temperature(?! in| of| was| outside)|running a temp\w*|burning up",
    ),
    "heart": (
        r"palpitations?|heart (?:was |is |keeps )?(?:attack|racing|skips?|skipping|flutter\w*|pounding)",
        r"faint(?:ed|ing)|(?:passed|black(?:ed)?) out",
        r"angina|taken to (?:the )?(?:er|hospital)|(?:in|to) (?:the )?(?:emergency|a ?& ?e|er)|ambulance",
        r"emergency (?:room|department)",
        r"cannot breathe|breathless at rest",
    ),
    "chest signs": (r"pains?|tight\w*|pressure|heav\w*|squeez\w*|crush\w*|hurts?|aches?|ache",),
    "fall": (
        r"(?:fell|fallen|falling) (?:off|down|on|over|from|while|when|in|into|out of|backwards?|against|at|onto|"
        r"hard|heavily|badly)"
        r"(?! (?:\d+ to|love|with|hard times|touch|place|line|the (?:plan|wagon)))",
        r"i (?:have |just |nearly |almost )?(?:fell|fallen)"
        r"(?! (?:asleep|behind|short|ill|in love|out|back|apart|off (?:the )?(?:plan|wagon)|for|into bed|in step))",
        r"(?:had|took|after|since|with) (?:an?|my|the) (?:\w+ )?(?:fall|tumble|blow|knock)",
        r"(?:bad|heavy|nasty) (?:fall|tumble)",
        r"(?:tripp(?:ed|ing)|stumbl(?:ed|ing)) (?:on|over|up|down|at|in|and|off)"
        r"(?! (?:my |his |her |the |our |a |some )*(?:words?|lines?|sentences?|names?|tongue|phrases?))",
        r"slipped (?:on|in the (?:bath|shower|kitchen|snow|rain|street)|down|over|and|while|when)",
        r"slipped off (?:a|the|my) (?:ladder|chair|kerb|curb|bike|roof)|knocked (?:off|down|over)",
        r"land(?:ed|ing) (?:\w+ ){0,3}(?:back|bottom|hip|bum|backside)|missed (?:a|the) step",
        r"(?:car|bike|road|traffic|motorbike|skiing) (?:accident|crash|collision)|crashed|hit by|rear ?ended",
        r"thrown off",
    ),
    "shorter": (
        rf"{_COUNT} ?(?:cm|centimet\w*|inch(?:es)?|in) shorter|shorter by {_COUNT}|i am (?:\w+ ){{0,3}}shorter",
        r"shrunk|shrank|shrinking|^getting shorter",
        rf"(?:lost|losing|loss of) (?:{_COUNT} ?(?:cm|centimet\w*|inch(?:es)?)|(?:some |in )?height)|height loss",
        r"(?:become|became|got|gone|suddenly) (?:more )?(?:stooped|hunched)",
    ),
    "weight": (
        r"(?:lost|losing|lose|loss of|dropping) (?:a lot of |some |much |so much |more )?weight|weight loss",
        rf"(?:lost|losing|lose|down) (?:about |almost |nearly |around |over |more than |another )?{_COUNT} ?"
        r"(?:kgs?|kilos?|kilograms?|lbs?|pounds?|stones?|st)"
        r"(?! (?:on|off|from|to) (?:the|my) (?:bar|squat|deadlift|bench|lift))",
        rf"{_COUNT} ?(?:kgs?|kilos?|lbs?|pounds?|stones?) (?:lighter|have gone|gone)",
        r"weight (?:is |has |keeps? |just )*(?:dropp\w+|falling|fall(?:en)?|going down|coming off|melting)",
        r"(?:clothes|trousers|jeans|belt) (?:\w+ ){0,3}(?:loose|too big|hang\w*|falling)|wasting away|no appetite",
    ),
    "cancer": (
        r"cancer\w*|tumou?rs?|metast\w+|malignan\w*|lymphoma|myeloma|leuk\w+|melanoma|oncolog\w+|biops\w+",
        r"chemo\w*|radiotherapy",
        r"night pain|pain (?:all|at|every|most of the|through the) night",
        r"(?:pain|it|back) (?:\w+ ){0,2}wakes me (?:\w+ )?(?:every|each) night",
    ),
    "inflammatory": (r"psoria\w+|uveitis|iritis|crohn\w*|colitis|spondylitis|spondyloarthr\w*|ankylosing",),
    "medical": (
        r"blood clots?|thrombosis|embolism|stroke|fractur\w*|heart failure|retinopathy|detached retina",
        r"(?:broken?|broke|cracked) (?:an?|my|his|her)? ?"
        r"(?:bone|rib|ribs|hip|wrist|ankle|arm|leg|foot|toe|vertebra\w*|back)",
    ),
    "steroids": (
        r"pred(?:nis\w+)|cortisone (?:tablets?|pills?)|(?:hydro)?cortisone|dexamethasone|steroids?",
        r"methotrexate|azathioprine",
        r"immunosuppress\w*|immune suppress\w*|biologics?|adalimumab|infliximab|ciclosporin|tacrolimus",
    ),
}

#: By safety question, the things that are said together.
SAID: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "cauda_equina": (("numb", "saddle"), ("hard", "toilet"), ("lost", "toilet"), ("toilet words",), ("sexual",)),
    "severe_deficit_both_legs": (("weak", "both legs"), ("weak", "legs"), ("cannot walk",)),
    "progressive_weakness": (("weak", "leg"), ("drop foot",), ("newly numb", "leg")),
    "new_bilateral_leg_symptoms": (("numb", "both legs"), ("ache", "both legs")),
    "cord_signs": (("unsteady", "walking"), ("numb", "hands"), ("weak", "hands"), ("clumsy",)),
    "vascular": (("throb", "belly"), ("hot", "calf"), ("vessel",)),
    "infection": (("fever",),),
    "chest_pain_or_unstable_heart": (("chest signs", "chest"), ("breathless", "at rest"), ("heart",)),
    "fracture": (("fall",), ("shorter",), ("crack", "sudden", "spine"), ("sharp", "jolt", "spine")),
    "malignancy": (("weight",), ("cancer",), ("lump", "body part"), ("lump", "found")),
    "inflammatory": (("inflammatory",),),
    "medical_stop": (("medical",),),
    "steroids_or_low_immunity": (("steroids",),),
}

_PATTERNS: Final = {name: re.compile(rf"\b(?:{'|'.join(ways)})(?!\w)") for name, ways in WORDS.items()}
_SENTENCE: Final = re.compile(r"[;!?\n]|\.(?!\d)|\bbut\b|\bhowever\b|\bthough\b|\baber\b")
#: Words that stand between "no" and what is not there.
_FILLER: Final = re.compile(
    r"any|new|more|further|other|obvious|known|recent|real|clear|signs?|evidence|history|symptoms?|of|had|have|having|been|"
    r"feels?|felt|the|an?|my|in|with|from|to|for|problems?|trouble|issues?|complaints?|loss|sudden|acute|saddle|reports?|"
    r"suffering|episodes?|vertebral|osteoporotic|stress|hip|rib|neurological|legs?|foot|groin|"
    r"neue[nrs]?|mehr|weitere[nrs]?|irgendwelche|anzeichen|zeichen|von|für|de[rnms]|die|das|mit|bei|beim"
)
_NO: Final = re.compile(
    r"\b(?:no|not|nor|never|without|nil|none of|neither|free of|negative for|denie[sd]|denying|excludes?|rules? out|"
    r"keine?[nrms]?|keinerlei|ohne|weder|nie)\b"
)
#: After these a list with commas is denied as a whole, after others only one that goes on to an "or".
_LISTED: Final = ("denie", "denying", "negative", "free")
_ENDS: Final = re.compile(
    r"\b(?:since|now|today|yesterday|then|is|are|was|were|has|i|it|when|after|because|only|"
    r"seit|jetzt|heute|gestern|ist|sind|war|ich|dann|nur)\b|[^\w', -]"
)
_AND: Final = re.compile(r"\b(?:and|und)\b")
_OR: Final = re.compile(r"\b(?:or|nor|oder|noch)\b")
_BETWEEN: Final = re.compile(r",|\b(?:or|nor|and|oder|noch|und)\b")
_GONE: Final = re.compile(
    r"(?: \w+)?(?:(?: was| were| is| are| has been| have been)? (?:ruled out|excluded)"
    r"|(?: wird| wurde)? (?:verneint|ausgeschlossen)"
    r"|(?: ?: ?| - )(?:no|none|nil|ok|okay|fine|normal|nein|keine?)\b)"
)
_FINE: Final = re.compile(
    r"(?: (?:or|and) (?:bowels?|bladder))?(?: is| are| was| were)? (?:fine|ok|okay|normal|no problem\w*)\b"
)
_DOUBT: Final = re.compile(r"\b(?:not|unsure|know|wonder|if|whether)\b")
_LOSS: Final = re.compile(
    r"no\b|not\b|cannot\b|could not\b|unable|without|lost\b|los(?:e|ing|s)\b|do not|does not|did not|"
    r"kein\b|keine\b|kaum\b|kann\b|konnte\b|nicht\b|verloren\b|fehlender\b"
)


def flags_named_in(text: str) -> tuple[tuple[RedFlag, str], ...]:
    """Safety questions that a text speaks of, each with the words that do, the most urgent first."""
    sentences = [part for part in _SENTENCE.split(_plain(text)) if part.strip()]
    found = ((flag, next(_named(flag.id, sentences), "")) for flag in RED_FLAGS)
    return tuple((flag, words) for flag, words in found if words)


def _plain(text: str) -> str:
    said = re.sub(r"\s+", " ", re.sub(r"\n", ";", text.lower().replace("\u2019", "'")))
    said = re.sub(r"\bcan'?t\b|\bcan not\b", "cannot", said)
    said = re.sub(r"\bwon'?t\b", "will not", said)
    said = re.sub(r"(\w)n't\b|\b(did|does|is|was|has|have|could|would)nt\b", lambda m: f"{m[1] or m[2]} not", said)
    said = re.sub(r"\bi'm\b", "i am", re.sub(r"\b(i|he|she|they|we)'ve\b", r"\1 have", said))
    said = re.sub(r"\band/or\b", "or", re.sub(r"\bw/o\b", "without", said))
    said = re.sub(r"(?<=[a-z])/(?=[a-z])", " or ", said)
    return said.replace("bladder and bowel", "bladder or bowel").replace("bowel and bladder", "bowel or bladder")


def _named(flag: str, sentences: list[str]) -> Iterator[str]:
    """The words of some sentences that speak of a red flag."""
    for things in SAID.get(flag, ()):
        for sentence in sentences:
            each = [[match.span() for match in _PATTERNS[thing].finditer(sentence)] for thing in things]
            for spans in product(*each):
                ordered = sorted(spans)
                gaps = [after[0] - before[1] for before, after in pairwise(ordered)]
                if all(0 <= gap <= _NEAR for gap in gaps) and not any(_denied(sentence, *span) for span in ordered):
                    yield sentence[ordered[0][0] : ordered[-1][1]]


def _denied(sentence: str, begin: int, end: int) -> bool:
    """Whether a sentence says of some of its words that it is not so."""
    before, words, after = sentence[:begin], sentence[begin:end], sentence[end:]
    fine = re.fullmatch(r"bladder|bowels?", words) and not _DOUBT.search(before) and _FINE.match(after)
    if _GONE.match(after) or fine:
        return True
    if _LOSS.match(words) and not words.startswith("loss"):
        return False
    return _not_there(before, after)


def _not_there(before: str, after: str) -> bool:
    """Whether what stands between two parts of a sentence is denied: next to a "no", or in the list that one begins."""
    no = next(reversed([*_NO.finditer(before)]), None)
    if no is None:
        return False
    between = before[no.end() :]
    listed = no[0].startswith(_LISTED)
    if _ENDS.search(between) or (_AND.search(between) and not listed):
        return False
    *items, last = _BETWEEN.split(between)
    if not all(map(_FILLER.fullmatch, last.split())):
        return False
    if not items or listed or _BETWEEN.findall(between)[-1] != ",":
        return True
    goes_on = _ENDS.split(after, maxsplit=1)[0]
    return bool(items[0].strip()) and _OR.search(_AND.split(goes_on)[0]) is not None

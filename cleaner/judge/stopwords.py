"""Function words of some thirty languages: a text without them is a list, a menu or a table.

Only words that are no content word in any of the languages; scripts without spaces are measured otherwise.
"""

from __future__ import annotations

_BY_LANGUAGE = {
    "en": (
        "the of and to a in is that it was for on with as are at be this by from or an have has had not but "
        "they he she his her we you i their its were been which who will would there what when can more if "
        "about into than them these our"
    ),
    "de": (
        "der die das und ist in den von zu mit sich des auf für nicht ein eine dem im es auch an als aus bei "
        "nach wie hat sie er ich wir werden wird sind war einen einer einem eines dass aber oder um noch nur "
        "über vor zur zum bis durch"
    ),
    "fr": (
        "le la les de des du et en un une est que qui dans pour pas sur au aux avec ce cette ces il elle ne "
        "se par plus son sa ses nous vous ils sont mais ou comme été leur être fait"
    ),
    "es": (
        "el la los las de del y en que un una es por con para no se su sus al lo como más pero o fue ha son "
        "este esta también entre cuando sobre ser sin ya hay muy"
    ),
    "it": (
        "il lo la i gli le di del della dei delle e in che un una è per con non si da al alla come più ma o "
        "sono ha nel nella dal anche suo sua questo questa essere"
    ),
    "pt": (
        "o os as do da dos das e em que um uma é por com para não se seu sua ao como mais mas ou foi são na "
        "no nas nos também pelo pela ser está"
    ),
    "nl": (
        "de het een en van in is dat op te voor met zijn aan er niet die om ook als bij door naar maar uit "
        "dan nog wordt hij ze wij zich heeft werd deze over"
    ),
    "sv": (
        "och att det som en på är av för med den till inte har de ett om var sig men från ska vi han hon kan "
        "när"
    ),
    "da": "og at det som en på er af for med den til ikke har de et om var sig men fra skal vi han hun kan der",
    "no": "og å det som en på er av for med den til ikke har de et om var seg men fra skal vi han hun kan ble",
    "fi": "ja on ei että se oli hän mutta kun niin myös ovat joka tai kuin jo sen olla vain ole mukaan",
    "pl": "i w na z do nie się to że jest o jak po co ale za od przez dla są był oraz tym tego jego już",
    "cs": "a v na se je že z do s to o i pro jako za ale by jsou od po který která které byl není také",
    "sk": "a v na sa je že z do s to o i pre ako za ale by sú od po ktorý ktorá ktoré bol nie aj",
    "hu": "a az és hogy nem is egy ez volt van meg de csak már el mint még ki ha vagy",
    "ro": "și în de la a cu pe nu este un o care din pentru că sunt au mai fost ca dar",
    "ru": "и в не на что с по как это к из за от но у о для его она они был была было так же все мы вы который",
    "uk": (
        "і в не на що з по як це до та за від але у про для його вона вони був була було так же всі ми ви "
        "який"
    ),
    "bg": "и в не на че с по как това за от но у са е да се като към при",
    "tr": "ve bir bu için ile de da olarak çok daha ne gibi olan en var ama değil sonra kadar olduğu her",
    "el": "και το η ο του της την να που με για από τα στο στη δεν οι των είναι θα τον σε ένα μια αλλά",
    "ar": "في من على أن إلى عن مع هذا هذه التي الذي ما لا كان قد لم بعد كما أو بين و كل",
    "fa": "و در به از که این را با است برای آن یک تا شد بر هم خود می",
    "he": "של את על לא זה הוא היא עם כי גם אל או אבל כל מה היה יש",
    "hi": "के का की में है और से को पर यह ने हैं एक भी नहीं कि थे था",
    "id": "yang dan di dari untuk pada dengan ini itu tidak ke dalam akan adalah juga oleh ada mereka",
    "vi": "và của là có không được trong cho một với các đã này những người để khi đến",
    "ko": "이 그 저 것 수 등 및 또는 있다 있는 한 하는 대한 위해",
    "sw": "na ya wa kwa ni katika za la kuwa hii hiyo pia lakini",
    "zu": "ukuthi futhi kodwa ukuba noma lapho",
    "hr": "i u je na se da za su od s koji koja ali kao što bi ne iz",
    "lt": "ir į kad su iš bet kaip yra tai ne buvo jo",
    "et": "ja on ei et ka see oli aga mis kui ta oma",
}

STOP_WORDS = frozenset(word for words in _BY_LANGUAGE.values() for word in words.split())
STOP_WORDS_OF = {language: tuple(words.split()) for language, words in _BY_LANGUAGE.items()}
"""The same by language (BCP 47)."""

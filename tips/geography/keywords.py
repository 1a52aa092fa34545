"""Keywords of the place finder: relations, negations, prepositions and ambiguous names.

Each keyword is a prefix: ``verkauf`` matches *verkauft*, *verkaufen*, *Verkauf*. All are folded by
:func:`tips.geography.gazetteer.fold`. English, French, German, Spanish, Dutch, Polish, Arabic,
Ukrainian, Portuguese and Italian.
"""

RELATIONS: dict[str, tuple[str, ...]] = {
    "made": (
        *("made", "manufactur", "produced", "producer", "factory", "factories", "fabri", "produit"),
        *(
            "hergestellt",
            "herstell",
            "produzi",
            "gefertigt",
            "fabricad",
            "hecho",
            "hecha",
            "gemaakt",
        ),
        *("geproduceerd", "vervaardig", "wyprodukowan", "produkowan", "fabryk", "виготов", "вироб"),
        *("fabrik", "zrobion", "صنع", "مصنوع", "مصنع", "feito", "feita", "prodott", "fabbric"),
    ),
    "sold": (
        *(
            "sold",
            "sell",
            "buy",
            "bought",
            "purchas",
            "shop",
            "store",
            "supermarket",
            "market",
            "price",
        ),
        *("vend", "achet", "acheter", "magasin", "boutique", "marche", "supermarch", "verkauf"),
        *("gekauf", "kaufe", "kaufte", "laden", "geschaft", "markt", "compr", "tienda", "mercad"),
        *(
            "verkoch",
            "verkop",
            "koop",
            "gekocht",
            "kocht",
            "kopen",
            "winkel",
            "kupi",
            "kupow",
            "sprzeda",
        ),
        *(
            "sklep",
            "купи",
            "купув",
            "прода",
            "магазин",
            "اشتر",
            "يباع",
            "تباع",
            "بيع",
            "متجر",
            "سوق",
        ),
        *("محل", "loja", "negozio", "acquist", "rynek", "targ", "ринк", "ринок"),
    ),
    "seen": (
        *(
            "seen",
            "saw",
            "see",
            "spotted",
            "noticed",
            "recogni",
            "vu",
            "vue",
            "vus",
            "vues",
            "apercu",
        ),
        *(
            "gesehen",
            "sah",
            "sehe",
            "entdeck",
            "vi",
            "visto",
            "vista",
            "vimos",
            "he visto",
            "gezien",
        ),
        *(
            "zag",
            "zien",
            "widzia",
            "widzi",
            "widze",
            "бач",
            "поба",
            "رايت",
            "راي",
            "شاهد",
            "شفت",
            "viu",
        ),
        *("stayed", "lived", "grew", "holiday", "hotel", "wohn", "habit", "viv", "woon"),
    ),
}

NEGATIONS = frozenset(
    "not never no isn't wasn't without nicht kein keine nie niemals ohne pas jamais sans nunca jamas "
    "sin niet geen nooit zonder nigdy bez не ні ніколи без ليس ليست لم لا لن غير nao mai senza non".split()
)
NEGATION_REACH = 3  # words between the negation and the place

# Places with names that are ordinary words: they count only after a preposition.
AMBIGUOUS_NAMES = frozenset(
    "nice reading mobile bath split most same bar man police orange lens tours essen halle sale cork "
    "deal hull worth lima enterprise surprise independence university carrefour target metro spar dia "
    "aldi lidl centre center central paradise hope union liberty normal commerce industry beverly "
    "progress victoria florence sofia maria bag bags and the this with that from have logo brand red "
    "blue green white black plaza park garden valley lake hill hills green spring springs rose pearl "
    "summit eagle opportunity temple college pari para como van las los del san santa bel bella bari "
    "leon date mali marin mesa mora moron piura bulle turkey china jordan chad georgia guinea jersey "
    "cuba togo peru oman niger dominica grenada male best apotheke pharmacie martin george james charles goes tui tula une des dans pour with wien "
    "mon ton sur une cas vela cali salto media batman boom brest gent of ede oss goes epe bonn born "
    "weert buy bor teo agen cognac pau sens vence muret lund ystad hof kiel marl worms regen plauen "
    "siegen essen singen gap sete foix auch vic house home people hand made street road market "
    "village town city point young gold silver stone salt sugar rice corn bell friendship clinton "
    "washington jackson lincoln franklin marion clayton mason alba nova anna sara clara carolina "
    "elena monica aurora laura diana".split()
)

PREPOSITIONS = frozenset(
    "in at near from to around outside en au aux de des du dans chez vers pres in im aus nach bei "
    "um naast te uit bij naar van w we z ze do pod obok na у в з із зі до біля під على في من الى em "
    "no na da near del desde hacia cerca por".split()
)

# Greetings, thanks and filler words, which say nothing about the object.
STOPWORDS = frozenset(
    "a an the this that it is was i we you my our in on at of for to and or so but very really just "
    "also hi hello dear sir madam team thanks thank regards kind best wishes please good morning "
    "evening think believe sure know maybe same one there here have has had le la les un une des du "
    "de et est je ce cette bonjour merci cordialement der die das ein eine ist ich und zu von hallo "
    "danke grusse el los las una es y yo hola gracias saludos het een en ik dat dit dank groeten "
    "jest się pozdrawiam dzien dobry це я і та дякую вітаю hope helps help fairly quite what do "
    "buenas bonsoir espere espero sirva ayude aide cela hoffe hilft ziemlich sicher guten tag abend "
    "hopelijk helpt goedemorgen goedendag i'm j'espere que bien mfg".split()
)

"""The same texts in eight languages, for bench/meaning.py. Each slot has two different fillings."""

from __future__ import annotations

LANGUAGES = ("en", "fr", "de", "es", "nl", "pl", "ar", "uk")

# (slots in every language: two fillings each), then the sentence in each language, in the order above.
TEMPLATES: list[tuple[dict[str, list[tuple[str, str]]], list[str]]] = [
    (
        {
            "brand": [("Lidl", "Aldi")] * 6 + [("ليدل", "ألدي"), ("Лідл", "Алді")],
            "city": [
                ("Seville", "Valencia"),
                ("Séville", "Valence"),
                ("Sevilla", "Valencia"),
                ("Sevilla", "Valencia"),
                ("Sevilla", "Valencia"),
                ("Sewilli", "Walencji"),
                ("إشبيلية", "فالنسيا"),
                ("Севільї", "Валенсії"),
            ],
            "year": [("2016", "2019")] * 8,
        },
        [
            "I bought this bag at {brand} in {city} in {year}.",
            "J'ai acheté ce sac chez {brand} à {city} en {year}.",
            "Ich habe diese Tasche {year} bei {brand} in {city} gekauft.",
            "Compré esta bolsa en {brand} de {city} en {year}.",
            "Ik heb deze tas in {year} bij {brand} in {city} gekocht.",
            "Kupiłem tę torbę w {brand} w {city} w {year} roku.",
            "اشتريت هذه الحقيبة من {brand} في {city} سنة {year}",
            "Я купив цю сумку в {brand} у {city} у {year} році.",
        ],
    ),
    (
        {
            "country": [
                ("Belgium", "Denmark"),
                ("Belgique", "Danemark"),
                ("Belgien", "Dänemark"),
                ("Bélgica", "Dinamarca"),
                ("België", "Denemarken"),
                ("Belgii", "Danii"),
                ("بلجيكا", "الدنمارك"),
                ("Бельгії", "Данії"),
            ]
        },
        [
            "My grandmother in {country} had the same tiles in her kitchen.",
            "Ma grand-mère avait le même carrelage dans sa cuisine en {country}.",
            "Meine Großmutter in {country} hatte die gleichen Fliesen in der Küche.",
            "Mi abuela tenía los mismos azulejos en su cocina en {country}.",
            "Mijn oma in {country} had dezelfde tegels in haar keuken.",
            "Moja babcia w {country} miała takie same płytki w kuchni.",
            "كان عند جدتي في {country} نفس البلاط في المطبخ",
            "Моя бабуся в {country} мала таку саму плитку на кухні.",
        ],
    ),
    (
        {
            "city": [("Lyon", "Lille")] * 5
            + [("Lyonie", "Lille"), ("ليون", "ليل"), ("Ліоні", "Ліллі")],
            "number": [("214", "412")] * 8,
        },
        [
            "This is the carpet of the hotel near the station in {city}, room {number}.",
            "C'est la moquette de l'hôtel près de la gare de {city}, chambre {number}.",
            "Das ist der Teppich des Hotels am Bahnhof in {city}, Zimmer {number}.",
            "Es la alfombra del hotel cerca de la estación de {city}, habitación {number}.",
            "Dit is het tapijt van het hotel bij het station in {city}, kamer {number}.",
            "To jest dywan z hotelu przy dworcu w {city}, pokój {number}.",
            "هذه سجادة الفندق القريب من المحطة في {city} غرفة {number}",
            "Це килим готелю біля вокзалу в {city}, кімната {number}.",
        ],
    ),
    (
        {
            "price": [
                ("3 euros", "8 euros"),
                ("3 euros", "8 euros"),
                ("3 Euro", "8 Euro"),
                ("3 euros", "8 euros"),
                ("3 euro", "8 euro"),
                ("3 euro", "8 euro"),
                ("3 يورو", "8 يورو"),
                ("3 євро", "8 євро"),
            ]
        },
        [
            "This soap costs {price} in every pharmacy, it smells of camomile.",
            "Ce savon coûte {price} dans toutes les pharmacies, il sent la camomille.",
            "Diese Seife kostet {price} in jeder Apotheke, sie riecht nach Kamille.",
            "Este jabón cuesta {price} en cualquier farmacia, huele a manzanilla.",
            "Deze zeep kost {price} in elke apotheek, ze ruikt naar kamille.",
            "To mydło kosztuje {price} w każdej aptece, pachnie rumiankiem.",
            "هذا الصابون ثمنه {price} في كل صيدلية ورائحته بابونج",
            "Це мило коштує {price} у кожній аптеці, воно пахне ромашкою.",
        ],
    ),
    (
        {
            "country": [
                ("Morocco", "Tunisia"),
                ("au Maroc", "en Tunisie"),
                ("Marokko", "Tunesien"),
                ("Marruecos", "Túnez"),
                ("Marokko", "Tunesië"),
                ("Maroku", "Tunezji"),
                ("المغرب", "تونس"),
                ("Марокко", "Тунісі"),
            ]
        },
        [
            "Such cement tiles are made by hand in {country} and sold at the market.",
            "Ces carreaux de ciment sont faits à la main {country} et vendus au marché.",
            "Solche Zementfliesen werden in {country} von Hand gemacht und auf dem Markt verkauft.",
            "Estos azulejos de cemento se hacen a mano en {country} y se venden en el mercado.",
            "Zulke cementtegels worden in {country} met de hand gemaakt en op de markt verkocht.",
            "Takie płytki cementowe robi się ręcznie w {country} i sprzedaje na targu.",
            "هذا البلاط الإسمنتي يصنع باليد في {country} ويباع في السوق",
            "Таку цементну плитку роблять вручну в {country} і продають на ринку.",
        ],
    ),
    (
        {
            "brand": [("Ikea", "Jysk")] * 6 + [("ايكيا", "يسك"), ("Ікеа", "Юск")],
            "year": [("2008", "2013")] * 8,
        },
        [
            "The lamp is from {brand}, they stopped selling it in {year}.",
            "La lampe vient de chez {brand}, ils ont arrêté de la vendre en {year}.",
            "Die Lampe ist von {brand}, seit {year} wird sie dort verkauft.".replace(
                "seit {year} wird sie dort verkauft", "sie wurde {year} aus dem Verkauf genommen"
            ),
            "La lámpara es de {brand}, dejaron de venderla en {year}.",
            "De lamp is van {brand}, ze stopten met de verkoop in {year}.",
            "Lampa jest z {brand}, przestali ją sprzedawać w {year}.",
            "المصباح من {brand} وقد توقفوا عن بيعه سنة {year}",
            "Лампа з {brand}, її перестали продавати у {year}.",
        ],
    ),
    (
        {
            "city": [
                ("Prague", "Vienna"),
                ("Prague", "Vienne"),
                ("Prag", "Wien"),
                ("Praga", "Viena"),
                ("Praag", "Wenen"),
                ("Pradze", "Wiedniu"),
                ("براغ", "فيينا"),
                ("Празі", "Відні"),
            ]
        },
        [
            "The seats of the night train in {city} have this fabric.",
            "Les sièges du train de nuit à {city} ont ce tissu.",
            "Die Sitze des Nachtzuges in {city} haben diesen Stoff.",
            "Los asientos del tren nocturno en {city} tienen esta tela.",
            "De stoelen van de nachttrein in {city} hebben deze stof.",
            "Siedzenia nocnego pociągu w {city} mają ten materiał.",
            "مقاعد القطار الليلي في {city} من هذا القماش",
            "Сидіння нічного поїзда в {city} мають цю тканину.",
        ],
    ),
    (
        {"number": [("12", "27")] * 8},
        [
            "I work in a school with this badge, class {number} wears it on the jacket.",
            "Je travaille dans une école avec cet écusson, la classe {number} le porte sur la veste.",
            "Ich arbeite an einer Schule mit diesem Abzeichen, Klasse {number} trägt es auf der Jacke.",
            "Trabajo en una escuela con este escudo, la clase {number} lo lleva en la chaqueta.",
            "Ik werk op een school met dit embleem, klas {number} draagt het op de jas.",
            "Pracuję w szkole z tą odznaką, klasa {number} nosi ją na kurtce.",
            "أعمل في مدرسة لها هذه الشارة والصف {number} يضعها على السترة",
            "Я працюю в школі з цим значком, клас {number} носить його на куртці.",
        ],
    ),
]
NEGATED = {
    0: [
        ("I bought", "I never bought"),
        ("J'ai acheté", "Je n'ai jamais acheté"),
        ("gekauft", "nicht gekauft"),
        ("Compré", "Nunca compré"),
        ("gekocht", "niet gekocht"),
        ("Kupiłem", "Nie kupiłem"),
        ("اشتريت", "لم أشتر"),
        ("Я купив", "Я не купував"),
    ],
    1: [
        ("had the same", "had not the same"),
        ("avait le même", "n'avait pas le même"),
        ("hatte die", "hatte nicht die"),
        ("tenía", "no tenía"),
        ("had dezelfde", "had niet dezelfde"),
        ("miała", "nie miała"),
        ("كان عند", "لم يكن عند"),
        ("мала", "не мала"),
    ],
}

"""Twelve objects and what people might say of them, in English, French, German, Spanish and Dutch.

All brands and places of the objects are made up; countries and cities are real.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fact:
    """One thing people say: how often, the country it names (or none), and the words by language."""

    weight: int
    country: str
    words: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Sample:
    """An object and the facts that tips tell of it."""

    drawing: str
    reference: str
    title: str
    question: str
    alt: str
    category: str
    known: str = ""
    excluded: str = ""
    priority: int = 2
    end: str = ""
    facts: tuple[Fact, ...] = field(default=())
    made: str = ""
    regions: tuple[str, ...] = ()
    excluded_countries: tuple[str, ...] = ()
    translated: dict[str, tuple[str, str]] = field(default_factory=dict)
    alt_translated: dict[str, str] = field(default_factory=dict)


UNSURE = Fact(
    3,
    "",
    {
        "en": ("No idea, but I hope you find out.", "I have seen something like it, but I can't say where.", "Could be anywhere, looks cheap."),
        "fr": ("Je ne sais pas, mais courage à vous.",),
        "de": ("Leider keine Ahnung, viel Erfolg!", "Kommt mir bekannt vor, ich weiß aber nicht woher."),
        "es": ("No lo sé, pero gracias por lo que hacéis.",),
        "nl": ("Geen idee, maar ik deel het met vrienden.",),
    },
)  # fmt: skip

SAMPLES = (
    Sample(
        "bag_with_bird", "G4-19", "Shopping bag with a red bird",
        "Which shop or market gives out this bag, and in which country?",
        "A white carrier bag on a wooden floor with a red bird and the words 'Mercado del barrio'.",
        "Packaging", known="The picture is from 2016 or later.", excluded="It is not sold online by the large shops.",
        priority=1, made="2014 to 2018", regions=("europe",), excluded_countries=("FR", "IT"),
        translated={
            "fr": ("Sac de courses avec un oiseau rouge", "Quel magasin ou marché donne ce sac, et dans quel pays ?"),
            "es": ("Bolsa de la compra con un pájaro rojo", "¿Qué tienda o mercado da esta bolsa, y en qué país?"),
            "de": ("Einkaufstüte mit rotem Vogel", "Welcher Laden oder Markt gibt diese Tüte aus, und in welchem Land?"),
        },
        alt_translated={
            "fr": "Un sac blanc sur un plancher, avec un oiseau rouge et les mots « Mercado del barrio ».",
            "es": "Una bolsa blanca sobre un suelo de madera, con un pájaro rojo y las palabras «Mercado del barrio».",
            "de": "Eine weiße Tüte auf einem Holzboden, mit einem roten Vogel und den Worten „Mercado del barrio“.",
        },
        facts=(
            Fact(9, "ES", {
                "en": ("These bags are from Mercado del Barrio, a small supermarket chain in Seville, Spain. I shopped there in 2017.", "Mercado del Barrio in Sevilla hands out exactly this bag."),
                "es": ("Esa bolsa es del supermercado Mercado del Barrio en Sevilla, hay uno en la calle Feria.", "Son las bolsas de Mercado del Barrio, en Sevilla. Las daban gratis hasta 2018."),
                "fr": ("C'est le sac de Mercado del Barrio, un supermarché à Séville en Espagne.",),
                "de": ("Diese Tüte ist von Mercado del Barrio in Sevilla, Spanien, wir haben dort im Urlaub eingekauft.",),
                "nl": ("Deze tas is van Mercado del Barrio in Sevilla, ik heb er in de vakantie boodschappen gedaan.",),
            }),
            Fact(4, "PT", {
                "en": ("I saw the same bag with the red bird in Portugal, in a shop in Faro.",),
                "es": ("He visto la misma bolsa con el pájaro rojo en Portugal, en una tienda de Faro.",),
                "nl": ("Dezelfde tas met de rode vogel gezien in Portugal, in een winkel in Faro.",),
            }),
            Fact(2, "AR", {"es": ("En Buenos Aires hay un mercado con un logo casi igual, un pájaro rojo.",), "en": ("There is a market in Buenos Aires with nearly this logo.",)}),
            UNSURE,
        ),
    ),
    Sample(
        "patterned_tiles", "K7-02", "Floor tiles in blue and rust", "Do you know these tiles? Where are they laid, and by whom are they made?",
        "Old cement floor tiles with blue rings and rust-coloured dots.", "Buildings",
        known="The floor is of a flat or a hotel, not of a shop.", excluded="Makers in Italy say it is not theirs.",
        facts=(
            Fact(7, "MA", {
                "en": ("Cement tiles like these are made by hand in Fez, Morocco. We laid them in our kitchen.", "Handmade tiles from Morocco, I bought the same pattern in Fez in 2012."),
                "fr": ("Ce sont des carreaux de ciment fabriqués à la main à Fès, au Maroc.", "Carreaux marocains, fabriqués au Maroc, on en trouve dans beaucoup de riads à Marrakech."),
                "de": ("Solche Zementfliesen werden in Fès in Marokko von Hand hergestellt.",),
            }),
            Fact(4, "PT", {"en": ("My grandmother's flat in Lisbon has this floor.",), "es": ("Ese suelo está en muchos pisos antiguos de Lisboa.",), "nl": ("Deze vloer ligt in een appartement in Lissabon waar ik in 2015 was.",)}),
            Fact(2, "VN", {"en": ("A hotel in Hanoi, Vietnam has these tiles in the corridor.",), "fr": ("Un hôtel à Hanoï, au Vietnam, a ce carrelage dans le couloir.",)}),
            UNSURE,
        ),
    ),
    Sample(
        "striped_throw", "B2-77", "Bed throw with dark red and green stripes", "In which hotel or holiday home does this throw lie on the bed? Where was it sold?",
        "A folded cloth with broad stripes in dark red, dark green and yellow.", "Textiles", known="Seen between 2013 and 2015.",
        facts=(
            Fact(5, "GR", {
                "en": ("We stayed at a hotel in Heraklion on Crete in 2014 and had these throws on the beds.",),
                "de": ("Wir waren 2014 in einem Hotel in Heraklion, da lagen genau diese Decken auf den Betten.",),
                "nl": ("In ons hotel in Heraklion lagen deze dekens op bed, zomer 2014.",),
            }),
            Fact(3, "TR", {"en": ("Looks like a throw that is sold on the market in Izmir, Turkey.",), "de": ("So eine Decke habe ich auf dem Markt in Izmir in der Türkei gekauft.",)}),
            UNSURE,
        ),
    ),
    Sample(
        "pump_bottle", "S1-40", "Soap bottle with camomile flower", "Where is this soap sold? Has the label changed, and when?",
        "A yellow pump bottle with a white label, 'Sapone alla camomilla', in front of white tiles.", "Packaging",
        known="The label is in Italian.", excluded="Not sold in Italy itself since 2009, says the maker.",
        facts=(
            Fact(6, "CH", {
                "en": ("This soap is sold in the Italian part of Switzerland, I buy it in Lugano.",),
                "de": ("Die Seife gibt es in der Schweiz, im Tessin, ich habe sie in Lugano gekauft.", "Im Tessin in der Schweiz verkauft, zum Beispiel in Lugano."),
                "fr": ("Ce savon se vend en Suisse, au Tessin, je l'achète à Lugano.",),
            }),
            Fact(3, "AL", {"en": ("We had this soap in a hotel in Tirana, Albania, in 2016.",), "de": ("Diese Seife stand in einem Hotel in Tirana, Albanien.",)}),
            Fact(2, "MT", {"en": ("Sold in a chemist's in Valletta, Malta: https://www.example.com.mt/soap?utm_source=mail",)}),
            UNSURE,
        ),
    ),
    Sample(
        "wall_socket", "E3-08", "Wall socket with a centre pin", "In which countries is this make of socket fitted?",
        "A white wall socket with two holes and a pin above them, marked 'ELMA 16A 250V'.", "Buildings", priority=3,
        facts=(
            Fact(6, "CZ", {
                "en": ("ELMA sockets are Czech, they were fitted in blocks of flats in the Czech Republic in the 1980s.",),
                "de": ("ELMA war ein Hersteller aus Tschechien, die Dosen sind in Prag in jedem Plattenbau.", "Solche Steckdosen habe ich in Prag gesehen, in Tschechien."),
                "fr": ("Prise de la marque ELMA, vue dans un appartement à Prague.",),
            }),
            Fact(4, "PL", {"en": ("That type with the pin is used in Poland, we have them in our flat in Gdansk.",), "nl": ("Dit stopcontact met pen zie je in Polen, ik zag ze in Gdansk.",)}),
            Fact(3, "FR", {"fr": ("C'est une prise française de type E, mais la marque ne me dit rien.",), "en": ("Type E plug, used in France and Belgium.",)}),
            UNSURE,
        ),
    ),
    Sample(
        "biscuit_packet", "P5-31", "Biscuit packet 'Krokantki'", "Where are these biscuits sold, and when did the packet look like this?",
        "A blue and yellow biscuit packet with the word 'Krokantki' and three biscuits.", "Packaging",
        known="The words are Polish.", excluded="Not sold by the maker since 2019.",
        facts=(
            Fact(6, "PL", {
                "en": ("Krokantki are sold in Poland, I bought them in Wroclaw in 2018.",),
                "de": ("Krokantki gibt es in Polen, habe sie 2018 in Breslau gekauft.",),
                "nl": ("Krokantki worden verkocht in Polen, ik kocht ze in Wroclaw.",),
                "fr": ("Krokantki, des biscuits vendus en Pologne, j'en achetais à Wroclaw.",),
            }),
            Fact(5, "IE", {"en": ("Polish shops in Dublin, Ireland sell Krokantki with this packet.", "You get these in the Polish shop in Dublin, Ireland."), "es": ("Las galletas Krokantki se venden en tiendas polacas en Dublín, Irlanda.",)}),
            Fact(2, "GB", {"en": ("A Polish shop in Leeds in the UK sold Krokantki in 2017.",)}),
            UNSURE,
        ),
    ),
    Sample(
        "leaf_wallpaper", "W9-55", "Wallpaper with green leaves", "Who made or sold this wallpaper? Is there a hotel that has it?",
        "A pale wallpaper with rows of green leaves and small red buds.", "Buildings", excluded="Not of the three large makers in Germany.",
        facts=(
            Fact(4, "SE", {
                "en": ("This looks like a wallpaper that was made in Sweden in the 1990s, my parents in Gothenburg had it.",),
                "de": ("Die Tapete wurde in Schweden hergestellt, meine Eltern hatten sie in Göteborg.",),
            }),
            Fact(3, "BE", {"fr": ("J'ai vu ce papier peint dans un hôtel à Bruxelles, en Belgique.",), "nl": ("Dit behang zat in een hotel in Brussel, in België.",)}),
            UNSURE,
        ),
    ),
    Sample(
        "mug_with_tower", "M6-12", "Mug with a lighthouse, 'Sv. Martin 1998'", "Which place or event is this mug from?",
        "A white mug with a blue and red lighthouse and the words 'Sv. Martin 1998'.", "Household", priority=1,
        known="'Sv.' is 'Saint' in several Slavic languages.",
        facts=(
            Fact(6, "HR", {
                "en": ("Sveti Martin is a village in Croatia, the lighthouse is near Rijeka. These mugs were sold at the fair in 1998.",),
                "de": ("Sveti Martin liegt in Kroatien, der Leuchtturm steht bei Rijeka. Die Tasse gab es 1998 auf dem Fest.",),
                "nl": ("Sveti Martin ligt in Kroatië, de vuurtoren staat bij Rijeka.",),
                "es": ("Sveti Martin está en Croacia, el faro está cerca de Rijeka.",),
            }),
            Fact(3, "SI", {"en": ("I saw such a mug in a café in Piran, Slovenia.",), "de": ("So eine Tasse habe ich in einem Café in Piran in Slowenien gesehen.",)}),
            UNSURE,
        ),
    ),
    Sample(
        "seat_fabric", "T8-63", "Seat fabric in dark blue with coloured squares", "On which trains, buses or ferries is this fabric?",
        "Dark blue seat cloth with small squares in red, yellow, green and white, and a seam.", "Textiles",
        facts=(
            Fact(6, "DK", {
                "en": ("Ferry from Aarhus, Denmark. The seats had this fabric until about 2012.",),
                "de": ("Das ist der Stoff auf der Fähre ab Aarhus in Dänemark, bis etwa 2012.",),
                "nl": ("Deze stof zat op de veerboot vanaf Aarhus, in Denemarken.",),
            }),
            Fact(4, "NL", {"nl": ("Zo'n stof zat in de bussen in Groningen.", "In de stadsbussen in Groningen zat deze bekleding."), "en": ("City buses in Groningen in the Netherlands had seats like this.",)}),
            Fact(2, "FI", {"en": ("Looks like the old trains to Turku in Finland.",)}),
            UNSURE,
        ),
    ),
    Sample(
        "calendar_corner", "C1-94", "Calendar of a chemist's, 'Apteka Kasztan'", "Which chemist's gave out this calendar?",
        "A wall calendar for May 2004 with a green head, and 'Apteka Kasztan' in the corner.", "Documents",
        end="Somebody knew the chemist's. Thank you.",
        facts=(
            Fact(5, "PL", {
                "en": ("Apteka Kasztan was a chemist's in Lublin, Poland.",),
                "de": ("Apteka Kasztan war eine Apotheke in Lublin, Polen.",),
                "fr": ("Apteka Kasztan était une pharmacie à Lublin, en Pologne.",),
            }),
            UNSURE,
        ),
    ),
    Sample(
        "sports_badge", "D4-26", "Embroidered badge 'A.D.C. 1967'", "Which club or school has this badge?",
        "An embroidered badge in green and white with a gold star and the letters 'A.D.C.'.", "Textiles",
        known="On a dark sports bag or jacket.", excluded="Not the club of that name in Porto.", priority=1,
        facts=(
            Fact(5, "BR", {
                "en": ("ADC is a football club in Curitiba, Brazil, founded in 1967.",),
                "es": ("ADC es un club de fútbol de Curitiba, Brasil, fundado en 1967.",),
                "fr": ("ADC est un club de football de Curitiba au Brésil, fondé en 1967.",),
            }),
            Fact(4, "AO", {"en": ("My cousin in Luanda, Angola plays for a club with this badge.",), "es": ("Un club de Luanda, en Angola, tiene ese escudo.",)}),
            Fact(2, "CO", {"es": ("Asociación Deportiva de Cali, Colombia, creo que es de allí.",)}),
            UNSURE,
        ),
    ),
    Sample(
        "hexagon_carpet", "H3-71", "Carpet with hexagons", "In which hotel, cinema or ship does this carpet lie?",
        "A brown carpet with rows of hexagons in ochre, grey-blue and cream.", "Buildings",
        facts=(
            Fact(5, "GB", {
                "en": ("This is the carpet of a cinema in Bradford, England, I worked there until 2011.", "The old cinema in Bradford, England had it in the foyer."),
                "nl": ("Dit tapijt lag in een bioscoop in Bradford, in Engeland.",),
            }),
            Fact(3, "EG", {"en": ("A hotel in Hurghada, Egypt has this carpet in the corridors.",), "de": ("Ein Hotel in Hurghada in Ägypten hat diesen Teppich in den Fluren.",), "fr": ("Un hôtel à Hurghada en Égypte a cette moquette.",)}),
            UNSURE,
        ),
    ),
)  # fmt: skip

GREETINGS = {
    "en": ("Hi, ", "Hello, ", "Good evening. "),
    "fr": ("Bonjour, ", "Bonsoir. "),
    "de": ("Hallo, ", "Guten Tag. "),
    "es": ("Hola, ", "Buenas. "),
    "nl": ("Hallo, ", "Goedemorgen. "),
}
ENDINGS = {
    "en": (" Hope that helps.", " Thanks for what you do.", " I'm fairly sure."),
    "fr": (" Merci.", " J'espère que cela aide."),
    "de": (" Ich hoffe, das hilft.", " Danke.", " Ziemlich sicher."),
    "es": (" Gracias.", " Espero que sirva."),
    "nl": (" Groeten.", " Hopelijk helpt het."),
}

WAITING = Sample(
    "hexagon_carpet", "N7-03", "Carpet with hexagons",
    "In which hotel, office or home have you seen this carpet?",
    "A carpet of hexagons in two shades.", "Textiles", made="after 2010", regions=("europe", "asia"),
)  # fmt: skip
HELD = Sample(
    "wall_socket", "N8-21", "Wall socket with a round frame",
    "In which countries are sockets of this make built in?",
    "A white socket with a round frame on a pale wall.", "Buildings",
)  # fmt: skip

"""What the reader promises, rule by rule. The texts are of these tests alone."""

import pytest

from tips.reading import read


def countries(text: str) -> set[str]:
    return {c.code for c in read(text).suggested}


def ruled_out(text: str) -> set[str]:
    return {c.code for c in read(text).ruled_out}


def relations(text: str) -> dict[str, str]:
    return {c.code: c.relation for c in read(text).suggested}


def numbers(text: str) -> set[tuple[str, str, str]]:
    return {(n.value, n.kind, n.unit) for n in read(text).numbers}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("We bought this jar in Hungary.", "HU"),
        ("Diese Kanne haben wir in Ungarn gekauft.", "HU"),
        ("Nous avons acheté ce bocal en Hongrie.", "HU"),
        ("Compramos este frasco en Hungría.", "HU"),
        ("Comprámos este frasco na Hungria.", "HU"),
        ("Abbiamo comprato questo vaso in Ungheria.", "HU"),
        ("We kochten deze pot in Hongarije.", "HU"),
        ("Kupiliśmy ten słoik na Słowacji.", "SK"),
        ("Ми купили цю банку в Угорщині.", "HU"),
        ("Мы купили эту банку в Венгрии.", "HU"),
        ("اشترينا هذه العلبة في المغرب.", "MA"),
        ("Bu kavanozu Macaristan'da aldık.", "HU"),
        ("Am cumpărat borcanul acesta în Ungaria.", "HU"),
        ("Vi köpte den här burken i Ungern.", "HU"),
        ("这个罐子是我们在匈牙利买的。", "HU"),
        ("Αγοράσαμε αυτό το βάζο στην Ουγγαρία.", "HU"),
    ],
)
def test_a_country_is_found_in_each_language(text, code):
    assert countries(text) == {code}


@pytest.mark.parametrize(
    ("text", "name", "code"),
    [
        ("I saw the same rug in Warsaw.", "Warsaw", "PL"),
        ("Den Teppich sah ich in Warschau.", "Warsaw", "PL"),
        ("J'ai vu ce tapis à Varsovie.", "Warsaw", "PL"),
        ("Widziałem ten dywan w Gdańsku.", "Gdańsk", "PL"),
        ("Видел такой ковёр в Варшаве.", "Warsaw", "PL"),
        ("Seen in a kitchen in Munich.", "Munich", "DE"),
    ],
)
def test_a_city_has_its_english_name_and_its_country(text, name, code):
    account = read(text)
    assert [(p.name, p.country) for p in account.places] == [(name, code)]
    assert countries(text) == {code}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The same sign hangs in Paris, Texas.", "US"),
        ("Found in Birmingham, Alabama.", "US"),
        ("It was sold in London, Ontario.", "CA"),
        ("I saw it in Valencia, Venezuela.", "VE"),
    ],
)
def test_city_comma_state_or_country_narrows(text, code):
    assert countries(text) == {code}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Bought in New Mexico.", "US"),
        ("The bag is from Papua New Guinea.", "PG"),
        ("Made in Equatorial Guinea.", "GQ"),
        ("It comes from South Sudan.", "SS"),
    ],
)
def test_a_longer_name_wins_over_the_name_inside_it(text, code):
    assert countries(text) == {code}


@pytest.mark.parametrize(
    ("text", "yes", "no"),
    [
        ("Not from Spain but from Portugal.", {"PT"}, {"ES"}),
        ("Nicht aus Spanien, sondern aus Portugal.", {"PT"}, {"ES"}),
        ("Pas d'Espagne, mais du Portugal.", {"PT"}, {"ES"}),
        ("No es de España, sino de Portugal.", {"PT"}, {"ES"}),
        ("Non viene dalla Spagna, ma dal Portogallo.", {"PT"}, {"ES"}),
        ("Niet uit Spanje, maar uit Portugal.", {"PT"}, {"ES"}),
        ("Nie z Hiszpanii, lecz z Portugalii.", {"PT"}, {"ES"}),
        ("Не из Испании, а из Португалии.", {"PT"}, {"ES"}),
        ("Не з Іспанії, а з Португалії.", {"PT"}, {"ES"}),
        ("Inte från Spanien utan från Portugal.", {"PT"}, {"ES"}),
        ("Nu din Spania, ci din Portugalia.", {"PT"}, {"ES"}),
        ("Όχι από την Ισπανία αλλά από την Πορτογαλία.", {"PT"}, {"ES"}),
        ("ليست من إسبانيا بل من البرتغال", {"PT"}, {"ES"}),
    ],
)
def test_not_a_but_b_is_b(text, yes, no):
    assert (countries(text), ruled_out(text)) == (yes, no)
    assert not read(text).denies


@pytest.mark.parametrize(
    "text",
    [
        "Neither in Norway nor in Finland have I seen such a thing.",
        "Weder in Norwegen noch in Finnland habe ich so etwas gesehen.",
        "Ni en Norvège ni en Finlande je n'ai vu ça.",
        "Ni en Noruega ni en Finlandia lo he visto.",
        "Né in Norvegia né in Finlandia ho visto una cosa simile.",
        "Ani w Norwegii, ani w Finlandii tego nie widziałem.",
        "Ни в Норвегии, ни в Финляндии я такого не видел.",
        "Ούτε στη Νορβηγία ούτε στη Φινλανδία το έχω δει.",
    ],
)
def test_neither_a_nor_b_is_none_and_both_are_ruled_out(text):
    assert countries(text) == set()
    assert ruled_out(text) == {"NO", "FI"}
    assert read(text).denies


@pytest.mark.parametrize(
    "text",
    [
        "I have lived in Chile for years and have never seen this here.",
        "Ich habe das in Chile nie gesehen.",
        "Je n'ai jamais vu ça au Chili.",
        "Nunca he visto eso en Chile.",
        "Nigdy nie widziałem tego w Chile.",
        "Никогда не видел такого в Чили.",
    ],
)
def test_never_seen_rules_out_and_denies(text):
    account = read(text)
    assert account.denies
    assert {c.code for c in account.ruled_out} == {"CL"}
    assert account.suggested == ()


@pytest.mark.parametrize(
    "text",
    [
        "Not only in Latvia, I saw it in Riga and everywhere.",
        "It is not expensive in Latvia, any shop has it.",
        "Nicht nur in Lettland verkaufen sie das.",
        "Non solo in Lettonia lo vendono.",
    ],
)
def test_a_negation_of_something_else_denies_nothing(text):
    assert "LV" in countries(text)
    assert ruled_out(text) == set()


def test_made_here_bought_there_gives_each_its_relation():
    assert relations("Made in Vietnam, bought in Denmark.") == {"VN": "made", "DK": "sold"}
    assert relations("Hergestellt in Vietnam, gekauft in Dänemark.") == {"VN": "made", "DK": "sold"}
    assert relations("Fabriqué au Vietnam, acheté au Danemark.") == {"VN": "made", "DK": "sold"}


def test_where_something_is_counts_as_seen_and_where_it_is_from_is_unknown():
    assert relations("In Oslo every tram has this seat.") == {"NO": "seen"}
    assert relations("This is from Norway.") == {"NO": "unknown"}


@pytest.mark.parametrize(
    "text",
    [
        "A Danish pastry lay on the plate.",
        "The dog is a German shepherd.",
        "Ein Deutscher Schäferhund liegt davor.",
        "Una ensaladilla rusa en un plato.",
        "My sister Florence has one.",
        "The turkey was served on it.",
        "It is a bit of china.",
    ],
)
def test_fixed_phrases_people_and_common_words_are_no_places(text):
    assert countries(text) == set()


def test_background_of_the_speaker_gives_way_to_the_object():
    assert countries("I'm from Canada, but this one was made in Ghana.") == {"GH"}
    assert countries("My Greek neighbour says it is a lamp from Ghana.") == {"GH"}


@pytest.mark.parametrize(
    ("text", "code", "unit"),
    [
        ("It was 40 forints.", "HU", "HUF"),
        ("120 zł w sklepie", "PL", "PLN"),
        ("Коштувало 90 грн", "UA", "UAH"),
        ("Kostede 300 Kč", "CZ", "CZK"),
        ("₺250 on the label", "TR", "TRY"),
    ],
)
def test_the_price_of_one_country_is_that_country(text, code, unit):
    assert relations(text) == {code: "sold"}
    assert {(n.kind, n.unit) for n in read(text).numbers} == {("price", unit)}


def test_a_currency_of_several_countries_points_to_all_of_them_weakly():
    account = read("I paid 70 dirhams.")
    assert account.suggested == ()
    assert {"AE", "MA"} <= {c.code for c in account.weak}


@pytest.mark.parametrize("text", ["It cost 20 kr.", "Only $15.", "It was £3."])
def test_signs_that_many_countries_share_say_nothing(text):
    account = read(text)
    assert account.suggested == ()
    assert account.weak == ()
    assert [(n.kind, n.unit) for n in account.numbers] == [("price", "")]


def test_a_place_decides_which_dinars_are_meant():
    assert ("18", "price", "JOD") in numbers("A set is 18 dinars in Jordan.")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The number starts with +351.", "PT"),
        ("Call +48 22 555 01 01", "PL"),
        ("Printed: +254", "KE"),
    ],
)
def test_a_telephone_prefix_is_a_country_even_alone(text, code):
    assert countries(text) == {code}
    assert [n.kind for n in read(text).numbers] == ["telephone"]


def test_a_links_ending_is_a_country_but_not_that_of_a_worldwide_service():
    assert countries("See www.example.pl/lamp") == {"PL"}
    for address in ("youtu.be/abc", "https://example.com/pl", "example.io", "example.tv/x"):
        assert countries(f"See {address}") == set()
    assert [link.address for link in read("Look: https://www.example.pl/lamp.").links] == [
        "example.pl/lamp"
    ]


def test_an_airport_code_counts_beside_luggage_only():
    assert countries("The luggage tag says LIS.") == {"PT"}
    assert countries("The logo says LIS.") == set()


def test_a_language_on_a_label_points_to_its_countries_weakly():
    account = read("The label is written in Greek.")
    assert account.suggested == ()
    assert {"GR", "CY"} == {c.code for c in account.weak}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Room 214 on the third floor", {("214", "room", ""), ("3", "floor", "")}),
        ("Zimmer 305, vierter Stock", {("305", "room", ""), ("4", "floor", "")}),
        ("It is twenty centimetres wide", {("20", "size", "cm")}),
        ("Er ist 12,5 cm breit", {("12.5", "size", "cm")}),
        ("It cost 1,299.50 euros", {("1299.5", "price", "EUR")}),
        ("Das kostete 1.299,50 Euro", {("1299.5", "price", "EUR")}),
        ("seit dreißig Jahren", {("30", "duration", "year")}),
        ("depuis trente ans", {("30", "duration", "year")}),
        ("sold until 1994", {("1994", "year", "")}),
        ("80 % cotton", {("80", "percent", "")}),
        ("٢٥ سنتيمتر", {("25", "size", "cm")}),
        ("model T-47", {("T-47", "model", "")}),
        ("on the E75 motorway", {("E75", "road", "")}),
    ],
)
def test_numbers_have_a_value_a_kind_and_a_unit(text, expected):
    assert numbers(text) == expected


@pytest.mark.parametrize(
    "text",
    ["in the nineties", "in the 1990s", "in den Neunzigern", "dans les années 90", "en los años noventa",
     "negli anni novanta", "in de jaren negentig", "w latach 90.", "в девяностые", "på 90-talet", "في التسعينات"],
)  # fmt: skip
def test_a_decade_is_a_range_of_years(text):
    assert {(n.value, n.to, n.kind) for n in read(text).numbers} == {("1990", "1999", "year")}


def test_two_or_three_is_a_range():
    assert {(n.value, n.to) for n in read("two or three shops had it").numbers} == {("2", "3")}
    assert {(n.value, n.to) for n in read("between 1965 and 1970").numbers} == {("1965", "1970")}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("We were there in July 1999.", "1999-07"),
        ("Wir waren im Juli 1999 dort.", "1999-07"),
        ("On 12 May we saw it.", "--05-12"),
        ("Byliśmy tam w sierpniu.", "--08"),
        ("В августе 2014 года", "2014-08"),
        ("El 3 de marzo", "--03-03"),
        ("2019-05-04", "2019-05-04"),
    ],
)
def test_months_and_days_are_dates(text, value):
    assert [d.value for d in read(text).dates] == [value]


def test_names_in_two_scripts_have_alike_keys():
    (one,) = read("The logo says «Grizli».").names
    (other,) = read("На логотипе написано «Гризли».").names
    assert one.key == other.key


def test_a_denied_name_is_marked():
    account = read("It says Hartwin, not Martwin.")
    assert {(n.name, n.denied) for n in account.names} == {("Hartwin", False), ("Martwin", True)}


def test_each_finding_shows_the_words_that_say_so():
    text = "Bought for 40 zloty in Gdańsk."
    for country in read(text).countries:
        for evidence in country.evidence:
            assert text[evidence.start : evidence.end] == evidence.words


def test_a_slip_is_no_denial():
    assert not read("In 2014 our hotel in Heraklion had these throws no the beds.").denies
    assert read("No hotel in Heraklion has these.").ruled_out


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("Never come across such a thing, and I've driven buses in Wellington for years.", "NZ"),
        ("Never seen it here, and I have lived in Oslo all my life", "NO"),
        ("Hayatımda görmedim, otuz yıldır Van'da halıcıyım.", "TR"),
    ],
)
def test_somebody_who_has_never_seen_it_rules_out_where_they_are(text, country):
    account = read(text)
    assert account.denies
    assert [c.code for c in account.ruled_out] == [country]
    assert read("I never saw one like it again. It was sold in Porto.").suggested[0].code == "PT"


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("İstanbul'da gördüm", "TR"),
        ("babaannemin Yozgat'taki evinde vardı", "TR"),
        ("Saraybosna'da kaldığımız otelin perdesi", "BA"),
    ],
)
def test_a_turkish_town_is_known_by_its_ending(text, country):
    assert [c.code for c in read(text).suggested] == [country]


@pytest.mark.parametrize(
    "text",
    [
        "Georgia Smith told me about it",
        "Smaragdgrön lykta, marockansk stil",
        "Bought it at Carrefour",
        "Das gab es bei Rewe",
    ],
)
def test_first_names_styles_and_brands_are_no_countries(text):
    assert read(text).suggested == ()

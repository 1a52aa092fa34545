"""Realistic tips for bench/matching_quality.py, in ten languages and six scripts.

A template has slots. ``SLOTS`` has two fillings for each slot, which differ in an important way. ``NEGATED``
is the same text with a denial.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Base:
    """One thing that somebody says: a template, what fills its slots, and what denies it."""

    template: str
    slots: dict[str, tuple[str, str]]
    negated: tuple[str, str]  # a part of the template, and what stands there in the denial


@dataclass(frozen=True)
class Speech:
    """A language: its bases, and what people put before, after and beside a message."""

    bases: tuple[Base, ...]
    greetings: tuple[str, ...]
    signatures: tuple[str, ...]
    additions: tuple[str, ...]  # a sentence that says nothing of its own


B = Base
SPEECHES: dict[str, Speech] = {
    "en": Speech(
        bases=(
            B(
                "I bought this bag at {brand} in {city} in {year}, it cost {price} and the handles were a bit shorter.",
                {
                    "brand": ("Morrisons", "Waitrose"),
                    "city": ("Leeds", "Bristol"),
                    "year": ("2014", "2016"),
                    "price": ("£4", "£7"),
                },
                ("I bought this bag", "I never bought this bag"),
            ),
            B(
                "My grandmother in {country} had the same curtains in her kitchen, they came from a mail order catalogue called {brand}.",
                {"country": ("Ireland", "Scotland"), "brand": ("Kays", "Grattan")},
                ("had the same curtains", "had no such curtains"),
            ),
            B(
                "This looks like the carpet of the hotel near the airport of {city}, room {number} on the second floor, we stayed there in {month}.",
                {
                    "city": ("Denver", "Dallas"),
                    "number": ("214", "241"),
                    "month": ("March", "October"),
                },
                ("This looks like the carpet", "This does not look like the carpet"),
            ),
            B(
                "The logo on the shirt belongs to a school in {city}, you can see it on {link} in the third picture.",
                {
                    "city": ("Auckland", "Wellington"),
                    "link": (
                        "https://www.school.example/uniform",
                        "https://www.academy.example/uniform",
                    ),
                },
                ("belongs to a school", "does not belong to a school"),
            ),
            B(
                "Sold at {brand} stores all over {country}, I work in one of them and we still had it on the shelf last spring.",
                {"brand": ("Kmart", "Target"), "country": ("Australia", "New Zealand")},
                ("Sold at", "Not sold at"),
            ),
        ),
        greetings=("Hello, ", "Dear team, ", "Good evening,\n\n"),
        signatures=(
            "\n\nKind regards\nJane",
            " Thanks and good luck!",
            "\n\nBest wishes,\nTom\nSent from my iPhone",
        ),
        additions=(
            "I hope this helps you.",
            "Please keep up the good work.",
            "I am quite sure about it.",
        ),
    ),
    "fr": Speech(
        bases=(
            B(
                "J'ai acheté ce sac chez {brand} à {city} en {year}, il coûtait {price} et les anses étaient un peu plus courtes.",
                {
                    "brand": ("Monoprix", "Auchan"),
                    "city": ("Nantes", "Toulouse"),
                    "year": ("2013", "2018"),
                    "price": ("3 euros", "9 euros"),
                },
                ("J'ai acheté ce sac", "Je n'ai jamais acheté ce sac"),
            ),
            B(
                "Ma tante avait exactement le même carrelage dans sa salle de bain en {country}, posé par un artisan du village.",
                {"country": ("Belgique", "Suisse")},
                ("avait exactement le même carrelage", "n'avait pas du tout le même carrelage"),
            ),
            B(
                "Ce paquet de biscuits se vend dans les supermarchés {brand} du {country}, le logo a changé vers {year}.",
                {
                    "brand": ("Marjane", "Label'Vie"),
                    "country": ("Maroc", "Sénégal"),
                    "year": ("2011", "2015"),
                },
                ("se vend", "ne se vend pas"),
            ),
            B(
                "La moquette est celle de l'hôtel près de la gare de {city}, chambre {number}, nous y avons dormi deux nuits.",
                {"city": ("Lille", "Dijon"), "number": ("308", "803")},
                ("La moquette est celle", "La moquette n'est pas celle"),
            ),
        ),
        greetings=("Bonjour, ", "Madame, Monsieur, ", "Bonsoir,\n\n"),
        signatures=("\n\nCordialement\nMarie", " Merci et bon courage !", "\n\nBien à vous,\nPaul"),
        additions=(
            "J'espère que cela vous aidera.",
            "Merci pour votre travail.",
            "J'en suis assez sûr.",
        ),
    ),
    "de": Speech(
        bases=(
            B(
                "Diese Tasche gab es {year} bei {brand} in {city}, sie hat {price} gekostet und die Henkel waren etwas kürzer.",
                {
                    "brand": ("Kaufland", "Edeka"),
                    "city": ("Dresden", "Bremen"),
                    "year": ("2012", "2017"),
                    "price": ("2 Euro", "6 Euro"),
                },
                ("Diese Tasche gab es", "Diese Tasche gab es nie"),
            ),
            B(
                "Meine Oma in {country} hatte genau dieselben Fliesen in der Küche, die wurden in den siebziger Jahren verlegt.",
                {"country": ("Österreich", "Tschechien")},
                ("hatte genau dieselben Fliesen", "hatte keine solchen Fliesen"),
            ),
            B(
                "Das ist der Stoff der Sitze in den Regionalzügen von {city}, ich fahre jeden Tag mit der Linie {number} zur Arbeit.",
                {"city": ("Leipzig", "Rostock"), "number": ("12", "17")},
                ("Das ist der Stoff", "Das ist nicht der Stoff"),
            ),
            B(
                "Das Waschmittel mit diesem Etikett wird nur in {country} verkauft, siehe {link} ganz unten auf der Seite.",
                {
                    "country": ("Polen", "Ungarn"),
                    "link": (
                        "https://laden.example/waschmittel/55",
                        "https://laden.example/waschmittel/77",
                    ),
                },
                ("wird nur in", "wird nicht in"),
            ),
        ),
        greetings=("Hallo, ", "Sehr geehrte Damen und Herren, ", "Guten Abend,\n\n"),
        signatures=(
            "\n\nMit freundlichen Grüßen\nHans",
            " Danke und viel Erfolg!",
            "\n\nViele Grüße\nSabine",
        ),
        additions=(
            "Ich hoffe, das hilft Ihnen weiter.",
            "Danke für Ihre Arbeit.",
            "Ich bin mir ziemlich sicher.",
        ),
    ),
    "es": Speech(
        bases=(
            B(
                "Compré esta bolsa en {brand} de {city} en {year}, costó {price} y las asas eran un poco más cortas.",
                {
                    "brand": ("Mercadona", "Carrefour"),
                    "city": ("Valencia", "Zaragoza"),
                    "year": ("2015", "2019"),
                    "price": ("2 euros", "8 euros"),
                },
                ("Compré esta bolsa", "Nunca compré esta bolsa"),
            ),
            B(
                "Mi abuela tenía las mismas cortinas en su casa de {country}, las vendía un señor en el mercado de los domingos.",
                {"country": ("Chile", "Perú")},
                ("tenía las mismas cortinas", "no tenía las mismas cortinas"),
            ),
            B(
                "Ese enchufe es de un hostal cerca de la estación de {city}, habitación {number}, estuvimos allí en {month}.",
                {
                    "city": ("Medellín", "Cartagena"),
                    "number": ("105", "150"),
                    "month": ("enero", "julio"),
                },
                ("Ese enchufe es", "Ese enchufe no es"),
            ),
            B(
                "La marca {brand} solo se vende en {country}, mi primo trabaja en la fábrica y conoce esa etiqueta.",
                {"brand": ("Bimbo", "Marinela"), "country": ("México", "Guatemala")},
                ("solo se vende", "no se vende"),
            ),
        ),
        greetings=("Hola, ", "Buenas tardes, ", "Estimados señores,\n\n"),
        signatures=("\n\nUn saludo\nCarmen", " ¡Gracias y mucha suerte!", "\n\nAtentamente,\nJosé"),
        additions=(
            "Espero que les sirva de ayuda.",
            "Gracias por su trabajo.",
            "Estoy bastante seguro.",
        ),
    ),
    "pl": Speech(
        bases=(
            B(
                "Kupiłem tę torbę w sklepie {brand} w mieście {city} w {year} roku, kosztowała {price} i miała krótsze uszy.",
                {
                    "brand": ("Biedronka", "Stokrotka"),
                    "city": ("Gdańsk", "Poznań"),
                    "year": ("2014", "2018"),
                    "price": ("5 zł", "9 zł"),
                },
                ("Kupiłem tę torbę", "Nie kupiłem tej torby"),
            ),
            B(
                "Moja babcia miała takie same płytki w łazience, w domu pod miastem {city}, układał je sąsiad murarz.",
                {"city": ("Lublin", "Kielce")},
                ("miała takie same płytki", "nie miała takich płytek"),
            ),
            B(
                "To jest dywan z hotelu przy dworcu, pokój numer {number} na drugim piętrze, nocowaliśmy tam w {month}.",
                {"number": ("117", "171"), "month": ("maju", "grudniu")},
                ("To jest dywan", "To nie jest dywan"),
            ),
        ),
        greetings=("Dzień dobry, ", "Witam, ", "Szanowni Państwo,\n\n"),
        signatures=("\n\nPozdrawiam\nAnna", " Dziękuję i powodzenia!", "\n\nZ poważaniem,\nPiotr"),
        additions=(
            "Mam nadzieję, że to pomoże.",
            "Dziękuję za waszą pracę.",
            "Jestem tego dość pewien.",
        ),
    ),
    "uk": Speech(
        bases=(
            B(
                "Я купив таку сумку в магазині {brand} у місті {city} у {year} році, вона коштувала {price} і ручки були коротші.",
                {
                    "brand": ("Сільпо", "Фора"),
                    "city": ("Львів", "Одеса"),
                    "year": ("2015", "2019"),
                    "price": ("40 гривень", "90 гривень"),
                },
                ("Я купив таку сумку", "Я не купив таку сумку"),
            ),
            B(
                "У моєї тітки була така сама плитка на кухні, вона живе в {country}, плитку поклав місцевий майстер.",
                {"country": ("Молдові", "Грузії")},
                ("була така сама плитка", "не було такої плитки"),
            ),
            B(
                "Це килим з готелю біля вокзалу, кімната {number} на третьому поверсі, ми ночували там у {month}.",
                {"number": ("318", "381"), "month": ("травні", "жовтні")},
                ("Це килим", "Це не килим"),
            ),
        ),
        greetings=("Добрий день, ", "Вітаю, ", "Шановні,\n\n"),
        signatures=("\n\nЗ повагою\nОлена", " Дякую й успіхів!", "\n\nЩиро,\nАндрій"),
        additions=("Сподіваюся, це допоможе.", "Дякую за вашу роботу.", "Я досить упевнений."),
    ),
    "ar": Speech(
        bases=(
            B(
                "اشتريت هذه الحقيبة من متجر {brand} في مدينة {city} سنة {year} وكان سعرها {price} والمقابض أقصر قليلا",
                {
                    "brand": ("كارفور", "بيم"),
                    "city": ("القاهرة", "الإسكندرية"),
                    "year": ("2014", "2018"),
                    "price": ("30 جنيها", "80 جنيها"),
                },
                ("اشتريت هذه الحقيبة", "لم أشتر هذه الحقيبة"),
            ),
            B(
                "كان عند جدتي في {country} نفس البلاط في المطبخ وقد ركبه عامل من القرية قبل سنوات طويلة",
                {"country": ("الأردن", "لبنان")},
                ("كان عند جدتي", "لم يكن عند جدتي"),
            ),
            B(
                "هذه سجادة الفندق القريب من المطار في مدينة {city} الغرفة رقم {number} وقد نمنا هناك ليلتين",
                {"city": ("تونس", "الرباط"), "number": ("212", "221")},
                ("هذه سجادة الفندق", "ليست هذه سجادة الفندق"),
            ),
        ),
        greetings=("مرحبا، ", "السلام عليكم، ", "تحية طيبة،\n\n"),
        signatures=("\n\nمع التحية\nفاطمة", " شكرا وبالتوفيق", "\n\nتحياتي\nأحمد"),
        additions=("أرجو أن يساعدكم هذا.", "شكرا على عملكم.", "أنا متأكد إلى حد ما."),
    ),
    "el": Speech(
        bases=(
            B(
                "Αγόρασα αυτή την τσάντα από το {brand} στην πόλη {city} το {year}, έκανε {price} και τα χερούλια ήταν πιο κοντά.",
                {
                    "brand": ("Σκλαβενίτης", "Μασούτης"),
                    "city": ("Λάρισα", "Πάτρα"),
                    "year": ("2013", "2017"),
                    "price": ("2 ευρώ", "5 ευρώ"),
                },
                ("Αγόρασα αυτή την τσάντα", "Δεν αγόρασα αυτή την τσάντα"),
            ),
            B(
                "Η γιαγιά μου είχε τα ίδια πλακάκια στην κουζίνα, στο σπίτι της κοντά στο λιμάνι, δωμάτιο {number} λεγόταν στο ξενοδοχείο της.",
                {"number": ("14", "41")},
                ("είχε τα ίδια πλακάκια", "δεν είχε τα ίδια πλακάκια"),
            ),
        ),
        greetings=("Γεια σας, ", "Καλημέρα, "),
        signatures=("\n\nΜε εκτίμηση\nΕλένη", " Ευχαριστώ και καλή επιτυχία!"),
        additions=("Ελπίζω να βοηθήσει.", "Ευχαριστώ για τη δουλειά σας."),
    ),
    "zh": Speech(
        bases=(
            B(
                "我在{city}的{brand}超市买过这个袋子，那是{year}年，花了{price}，提手比较短。",
                {
                    "city": ("上海", "广州"),
                    "brand": ("永辉", "华润"),
                    "year": ("2014", "2018"),
                    "price": ("5元", "9元"),
                },
                ("买过这个袋子", "没有买过这个袋子"),
            ),
            B(
                "我奶奶在{country}的厨房里有一样的瓷砖，是附近的工人铺的。",
                {"country": ("日本", "韩国")},
                ("有一样的瓷砖", "没有一样的瓷砖"),
            ),
        ),
        greetings=("你好，", "您好，"),
        signatures=("谢谢。", "\n\n此致\n敬礼"),
        additions=("希望对你们有帮助。", "谢谢你们的工作。"),
    ),
    "th": Speech(
        bases=(
            B(
                "ฉันซื้อกระเป๋าใบนี้ที่ห้าง{brand}ใน{city}เมื่อปี {year} ราคา {price} หูหิ้วสั้นกว่านิดหน่อย",
                {
                    "brand": ("บิ๊กซี", "โลตัส"),
                    "city": ("เชียงใหม่", "ภูเก็ต"),
                    "year": ("2557", "2561"),
                    "price": ("40 บาท", "90 บาท"),
                },
                ("ฉันซื้อกระเป๋าใบนี้", "ฉันไม่ได้ซื้อกระเป๋าใบนี้"),
            ),
        ),
        greetings=("สวัสดีค่ะ ", "เรียนเจ้าหน้าที่ "),
        signatures=(" ขอบคุณค่ะ", "\n\nด้วยความนับถือ"),
        additions=("หวังว่าจะช่วยได้", "ขอบคุณสำหรับงานของคุณ"),
    ),
}

SHORT = (
    "Lidl",
    "Portugal",
    "in Spain",
    "IKEA, everywhere",
    "Polska",
    "это из Румынии",
    "في مصر",
    "日本",
    "ไทย",
    "Hotel Ibis",
    "C'est un sac de Lyon",
    "my school",
    "carpet from Morocco",
    "Nivea soap",
    "la tienda Oxxo",
)

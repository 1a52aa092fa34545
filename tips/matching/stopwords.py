"""Stopwords: greetings, thanks, closings and function words, which say nothing about the object.

All are folded by :func:`tips.reading.text.fold`. English, French, German, Spanish,
Portuguese, Italian, Dutch, Polish, Ukrainian, Russian, Greek, Arabic, Turkish, Romanian, Swedish;
for scripts without spaces, phrases.
"""

from __future__ import annotations


def _words(*lists: str) -> frozenset[str]:
    return frozenset(word for text in lists for word in text.split())


# Function words, and the words of greetings, thanks, hopes and closings.
WORDS = _words(
    # English
    "a an the this that these those it its is was are were be been being i me my mine we us our you your he"
    " she they them their there here and or but so very really just also too then than as at by for from in"
    " into of off on to with about if when which who what will would can could may might shall should do did"
    " does done has have had having am im ive id ill youre its thats theres dear hello hi hey sir madam madame"
    " sirs team all everyone everybody friends folks good morning afternoon evening day greetings thanks thank"
    " thx cheers regards best kind kindest warm wishes sincerely faithfully truly yours respectfully luck please"
    " pls hope hopes hoping helps help helped helpful useful some any think thought believe sure certain fairly"
    " pretty quite maybe perhaps probably know known keep up great work job doing sent using phone mobile iphone"
    " android ipad device mail email message reply sorry excuse english let need more information info contact"
    " feel free happy glad able case way again always wish success investigation police officers gentlemen ladies"
    " bye ciao greets xx xo ps btw fyi imo sincere"
    " whom concern may god bless find soon again one way",
    # French
    "le la les l un une des du de d et ou a au aux en dans sur par pour avec que qui quoi dont ce cet cette ces"
    " c est s etait sont etaient etre j je tu il elle nous vous ils elles me m te se mon ma mes ton votre vos"
    " notre nos leur leurs y n ai as avons avez ont avait bonjour bonsoir salut madame monsieur mesdames"
    " messieurs cher chere chers merci beaucoup cordialement bien sincerement salutations distinguees amicalement"
    " courage bonne bon chance continuation journee soiree espere esperant j'espere cela ca aidera aide aider"
    " vous utile utiles suis assez sur sure certain certaine peut etre je crois pense travail votre envoye depuis"
    " telephone equipe tout tous toutes c'est j'ai n'hesitez pas contacter d'un d'une l'equipe veuillez agreer"
    " expression sentiments qu'il qu'elle s'il plait",
    # German
    "der die das den dem des ein eine einen einem einer eines und oder aber ich du er sie es wir ihr ihnen euch"
    " uns mir mich dir dich mein meine meinen meiner sein seine ihre ihren ihrer unser unsere zu zum zur von vom"
    " mit fur auf an am in im aus bei bis nach uber um wie was wer wo dass da dort hier so sehr auch noch nur"
    " schon dann denn weil ist war waren sind bin bist hat habe haben hatte hatten wird wurde werden wurden kann"
    " konnte hallo guten tag morgen abend liebe lieber liebes sehr geehrte geehrter damen herren herr frau team"
    " danke dank vielen herzlichen grusse grussen gruss freundliche freundlichen beste besten viele liebe herzliche"
    " hochachtungsvoll mfg lg vg viel erfolg gluck hoffe hoffentlich hilft helfen hilfe weiter weiterhelfen"
    " ziemlich sicher glaube denke meine vielleicht bitte arbeit ihre wunsche alles gute gesendet meinem handy"
    " nachricht mail bin mir",
    # Spanish
    "el la los las un una unos unas lo al del de y e o u a en con por para que quien como cuando donde es era"
    " eran son fue fueron ser esta este esto estas estos esa ese eso esas esos yo tu usted ustedes el ella"
    " nosotros ellos me mi mis te su sus nos nuestro nuestra le les se ha he han hemos habia hay muy mas tambien"
    " pero si ya hola buenas buenos dias tardes noches estimado estimada estimados estimadas senor senora senores"
    " senoras gracias muchas saludo saludos cordial cordiales atentamente atte abrazo suerte mucha espero esperamos"
    " sirva sirve les ayuda ayude ayudar util bastante seguro segura creo pienso quizas quiza favor trabajo buen"
    " su exito enviado desde mi telefono movil equipo todo todos un",
    # Portuguese, Italian
    "o os um uma uns umas do da dos das no na nos nas ao aos e ou com por para que quem isto isso esse essa este"
    " esta eu voce voces ele ela nos eles meu minha seu sua ola bom boa dia tarde noite obrigado obrigada"
    " cumprimentos atenciosamente espero ajude ajuda sorte muito acho tenho certeza trabalho il lo gli i una uno"
    " di del della dei delle e ed che chi con per su non questo questa questi queste io tu lui lei noi voi loro"
    " mio mia suo sua ciao buongiorno buonasera salve gentile gentili signore signora signori grazie mille saluti"
    " cordiali distinti spero aiuti aiuto utile fortuna buon lavoro abbastanza sicuro sicura credo penso forse",
    # Dutch, Swedish
    "de het een en of maar ik je jij u uw hij zij ze wij we jullie mij me mijn ons onze dit dat deze die is was"
    " waren zijn ben bent heb heeft hebben had hadden te van voor met op aan in uit bij naar om als ook nog niet"
    " er daar hier hallo hoi goedemorgen goedemiddag goedenavond goedendag goede dag geachte beste heer mevrouw"
    " dank bedankt dankjewel groet groeten groetjes vriendelijke hartelijke hoogachtend succes hoop hopelijk helpt helpen"
    " hulp redelijk vrij zeker denk geloof misschien werk verzonden vanaf mijn telefoon team hej hallo och att det"
    " den ett en jag du ni vi han hon var ar som med for pa till av fran tack mvh halsningar vanliga hoppas hjalper"
    " lycka till ganska saker tror",
    # Polish
    "i a w we z ze na do od po za o u oraz lub ale to ten ta te tego tej tym tych jest sa byl byla bylo byli ja"
    " ty on ona my wy oni mnie mi moj moja moje moim mojej nas nam wam was wasz wasza wasze pan pani panstwo"
    " panstwa sie ze jak gdzie tam tu tez bardzo juz tylko dzien dobry witam witajcie czesc szanowni szanowny"
    " szanowna drodzy dziekuje dzieki pozdrawiam pozdrowienia powazaniem wyrazami szacunku serdecznie powodzenia"
    " mam nadzieje pomoze pomoc pomaga pomoglem dosc calkiem pewien pewna pewny mysle sadze moze prosze praca"
    " prace waszej wasza wyslane telefonu jestem",
    # Ukrainian, Russian
    "я ти він вона ми ви вони мене мені мій моя моє мої моєї моїм нас нам вас вам ваш ваша ваше вашу ваші це цей"
    " ця ці той та те є був була було були і й а у в на з із зі до від по за про для як що де там тут теж також"
    " дуже вже тільки доброго добрий день ранок вечір добридень вітаю привіт шановні шановний шановна пане пані"
    " дякую дякуємо спасибі повагою щиро вдячний успіхів удачі сподіваюся сподіваюсь допоможе допомогти досить"
    " цілком упевнений впевнена впевнений думаю мабуть можливо будь ласка роботу робота роботи надіслано телефону"
    " он она они мы вы мне мой это этот эта эти есть был и но у с из к от о для как что где здравствуйте добрый"
    " день утро вечер привет уважаемые спасибо уважением надеюсь поможет помочь удачи успехов довольно уверен"
    " уверена думаю может быть пожалуйста отправлено работу вашу",
    # Greek
    "ο η το οι τα του της των τον την τους τις ενα ενας μια και κι η να θα με σε στο στη στην στον στους στις"
    " απο για που οτι αυτο αυτη αυτος αυτα αυτη ειναι ηταν εχω εχει ειχα ειχε μου σου του μας σας τους εγω εμεις"
    " γεια γεια καλημερα καλησπερα αγαπητοι αγαπητε κυριε κυρια ευχαριστω ευχαριστουμε εκτιμηση φιλικα χαιρετισμους"
    " ελπιζω βοηθησει βοηθαει βοηθεια καλη επιτυχια τυχη αρκετα σιγουρος σιγουρη νομιζω πιστευω δουλεια παρακαλω",
    # Arabic (prefixes are removed in normalise)
    "و في من الى على عن مع هذا هذه ذلك تلك هو هي هم نحن انا انت كان كانت كانوا قد ان انه انها الذي التي ما لقد"
    " مرحبا السلام عليكم ورحمه الله وبركاته تحيه طيبه وبعد اهلا صباح الخير مساء السيد السيده الساده المحترمين"
    " شكرا جزيلا لكم تحياتي التحيه التحيات الاحترام ارجو امل يساعدكم تساعدكم يفيدكم المساعده متاكد جدا اظن اعتقد"
    " ربما من فضلكم عملكم عمل بالتوفيق وبالتوفيق حد حدا",
    # Turkish, Romanian
    "bir bu su o ve ile icin de da ben sen biz siz onlar merhaba selam sayin tesekkurler tesekkur ederim saygilar"
    " saygilarimla umarim yardimci olur oldukca eminim sanirim kolay gelsin iyi gunler si sau in din cu la pe este"
    " era eu tu noi voi ei buna ziua stimate stimata multumesc mersi salutari stima sper ajuta ajute succes destul"
    " sigur cred",
)

# Courtesies in scripts without spaces; longest first.
PHRASES = tuple(
    sorted(
        (
            *(
                "希望对你们有帮助",
                "希望对您有帮助",
                "希望能帮到你们",
                "希望有帮助",
                "谢谢你们的工作",
                "谢谢您的工作",
            ),
            *(
                "谢谢你们",
                "非常感谢",
                "感谢你们",
                "谢谢",
                "感谢",
                "多谢",
                "你好",
                "您好",
                "大家好",
                "此致",
                "敬礼",
                "祝好",
                "辛苦了",
            ),
            *(
                "よろしくお願いします",
                "お役に立てば幸いです",
                "ありがとうございます",
                "ありがとう",
                "こんにちは",
                "はじめまして",
            ),
            *("안녕하세요", "감사합니다", "도움이 되길 바랍니다", "수고하세요"),
            *("หวังว่าจะช่วยได้", "หวังว่าจะเป็นประโยชน์", "ขอบคุณสำหรับงานของคุณ", "ด้วยความนับถือ", "ขอบคุณมาก"),
            *(
                "เรียนเจ้าหน้าที่",
                "เรียน",
                "ขอบคุณค่ะ",
                "ขอบคุณครับ",
                "ขอบคุณ",
                "สวัสดีค่ะ",
                "สวัสดีครับ",
                "สวัสดี",
                "ค่ะ",
                "ครับ",
            ),
        ),
        key=len,
        reverse=True,
    )
)

# The beginnings of closing lines; short lines after them are a name.
CLOSINGS = tuple(
    sorted(
        (
            *(
                "kind regards",
                "best regards",
                "warm regards",
                "regards",
                "best wishes",
                "yours",
                "sincerely",
                "cheers",
            ),
            *(
                "many thanks",
                "love",
                "greetings",
                "bye",
                "thanks",
                "thank you",
                "sent from my",
                "get outlook",
                "sent with",
            ),
            *(
                "cordialement",
                "bien a vous",
                "bien cordialement",
                "salutations",
                "amicalement",
                "sincerement",
                "merci",
            ),
            *("envoye de mon", "envoye depuis", "veuillez agreer"),
            *(
                "mit freundlichen",
                "freundliche grusse",
                "viele grusse",
                "liebe grusse",
                "beste grusse",
                "herzliche grusse",
            ),
            *(
                "schone grusse",
                "gruss",
                "mfg",
                "lg",
                "vg",
                "hochachtungsvoll",
                "danke",
                "von meinem",
                "gesendet",
            ),
            *(
                "un saludo",
                "saludos",
                "un cordial",
                "atentamente",
                "un abrazo",
                "gracias",
                "enviado desde",
            ),
            *(
                "cumprimentos",
                "atenciosamente",
                "obrigado",
                "obrigada",
                "cordiali saluti",
                "distinti saluti",
                "saluti",
                "grazie",
            ),
            *(
                "met vriendelijke",
                "vriendelijke groet",
                "hartelijke groet",
                "groet",
                "groeten",
                "hoogachtend",
                "bedankt",
                "verzonden",
            ),
            *("med vanliga", "mvh", "halsningar", "tack"),
            *("pozdrawiam", "z powazaniem", "serdecznie", "z wyrazami", "dziekuje", "wyslane z"),
            *(
                "з повагою",
                "щиро",
                "з найкращими",
                "дякую",
                "надіслано",
                "с уважением",
                "всего доброго",
                "спасибо",
                "отправлено",
            ),
            *("με εκτιμηση", "φιλικα", "ευχαριστω", "με φιλικους"),
            *("مع التحيه", "مع التحية", "تحياتي", "مع خالص", "مع الشكر", "شكرا", "والسلام"),
            *(
                "此致",
                "敬礼",
                "谢谢",
                "祝好",
                "敬上",
                "ด้วยความนับถือ",
                "ขอบคุณ",
                "saygilar",
                "tesekkur",
                "cu stima",
                "multumesc",
            ),
        ),
        key=len,
        reverse=True,
    )
)

# The header lines that mail programs put before a quoted message.
HEADERS = _words(
    "from to cc bcc date sent subject reply-to von an gesendet datum betreff de a para envoye objet date asunto"
    " enviado fecha van aan verzonden onderwerp od do temat data wyslano від кому тема дата надіслано от кому"
    " тема отправлено да inviato oggetto assunto de από προς θέμα من الى إلى الموضوع التاريخ 发件人 收件人 主题 日期"
)

# Negations, alone or as a prefix.
NEGATIONS = _words(
    "not no never none nothing neither nor isnt wasnt arent werent dont doesnt didnt cant couldnt wont without"
    " isn't wasn't aren't weren't don't doesn't didn't can't couldn't won't haven't hasn't hadn't"
    " nicht kein keine keinen keinem keiner keines nie niemals nirgends ohne weder pas jamais aucun aucune sans"
    " rien ni nullement ne nunca jamas ningun ninguna ninguno nada sin tampoco nao nem nenhum nenhuma sem non mai"
    " nessun nessuno nessuna senza niet geen nooit zonder nergens noch inte aldrig ingen inget utan"
    " nie nigdy zaden zadna zadne bez ani ні не ніколи жоден жодна без немає нема нет никогда ни"
    " δεν δε μη μην ποτε χωρις ουτε κανενα καμια ليس ليست لم لا لن غير بدون ما لست degil hic yok nu niciodata fara"
    " 不 没 沒 無 无 未 非 ない ません 아니 않 없 ไม่ มิ"
)
UNSPACED_NEGATIONS = (
    "没",
    "沒",
    "不",
    "未",
    "无",
    "無",
    "非",
    "ない",
    "なかった",
    "ません",
    "않",
    "아니",
    "없",
    "ไม่",
    "มิได้",
)

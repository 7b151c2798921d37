"""Words that every shop's visitors use: what describes a product, what says little, what is spoken of shopping."""

ATTRIBUTES = frozenset(
    "waterproof wireless cordless leather silicone cotton linen wool woollen merino wooden bamboo ceramic glass metal steel brass "
    "plastic velvet knitted fleece organic vegan recycled foldable portable rechargeable dimmable ergonomic mechanical silent "
    "vintage retro modern striped floral dotted lined hooded insulated stainless aluminium magnetic adjustable compact slim "
    "lightweight heavy-duty non-stick bluetooth usb usb-c matte glossy soft padded rattan oak canvas running".split()
)
FILLER = frozenset(
    "a an the and or but of for to in on at by with from is are was were be been am do does did done have has had having get got i me my we our us you your they them it its "
    "this that these those there here what which who whom when where how why can could would should will shall may might must please just only really very quite so too also "
    "some any all every each either more most much many few little lot lots than then now today again still yet ok okay well hmm um oh yes yeah yep no nope not nah sure maybe perhaps instead "
    "want wants wanted need needs needed like likes looking look find show shows give see buy purchase recommend recommendation recommendations suggest suggestion suggestions search searching shop shopping prefer preferably fancy "
    "something anything nothing everything someone thing things stuff one ones item items product products option options choice choices idea ideas kind kinds sort sorts type types "
    "good nice great best better cool cute lovely beautiful pretty decent fine perfect suitable proper right ideal favourite favorite quality cheap cheaper expensive affordable inexpensive price prices priced cost costs budget money "
    "brand brands other others another else same different similar new latest first second third next last top show me let make made makes use using used go going put keep think know tell say help "
    "got don't dont doesn't doesnt isn't isnt i'm im i'd id i've ive it's its that's thats what's whats let's lets can't cant won't wont there's "
    "about around under over below above between less up down out off into per pounds pound quid dollars euros stars star rated rating ratings review reviews "
    "present presents gift gifts father dad mother mum mom wife husband partner friend son daughter brother sister kids child children colleague boss niece nephew old year "
    "don doesn did't please thanks thank hello hi hey actually rather bit bits little somewhat kinda maybe mind care matter matters important instead without except besides minus excluding exclude "
    "choose pick decide choosing picking deciding unsure certain help helps come comes coming include includes included sorry erm uh ugh wow haha lol whatever honestly basically literally kindly mate asap oops wait actually hold meant mean means "
    "cheapest dearest priciest popular bestselling seller sellers middle range theirs order ordered sort sorted list lists "
    "hiya heya she he her his him they likes loves like who month months week pls plz pleas total fits fit goes match matches matching available stock sell selling carry store online offer offers sale deal deals discount discounted bigger larger smaller biggest largest smallest size sizes colour color colours colors "
    "if had could would might suppose swap drop leave remove add total altogether together set bundle each outfit combination both two three four five six twenty thirty forty fifty hundred "
    "differ differs setup kit start over begin recently lately earlier before after while visit browsing looked viewed seen opened based given considering usual usually still going needs want's "
    "already soon later ever never always often also even fairly super extremely enough almost own such neither both though although however since because "
    "aged age ages as how's who's style styles looks seems sounds feels their his hers ours yours mine possible possibly wherever whenever skip anyway indeed certainly definitely possibly probably exactly roughly approximately particularly especially mainly mostly simply far away back "
    "run runs own work live alright wrong clue idea design designs looking looked bit "
    "took take takes taking lost broke turns turning turned week weeks forget said meant obviously naturally clearly capacity section sections department departments aisle category categories shown value totally altogether surprise showing entirely completely poss pattern patterned motif "
    "it'll they'll i'll we'll you'll he'll she'll that'll there'll we've you've they've we're they're you're he'd she'd they'd there'd that'd it'd who'd we'd you'd how'd what'd getting gotten wonder wondering wondered thinking thought myself yourself himself herself ourselves themselves time times moment hate hates hated dislike dislikes maximum minimum limit experience experiences bad worse trust trusts stick sticking hope hoping hoped planning considering filter themed selection assortment insist insists hide avoid happen happens version versions variant variants trying try tried believe guess guessing supposed asking asked replace replacing broken broke everyone everybody anybody somebody nobody today tomorrow tonight yesterday fancying keen penny deserve deserves treat treating managed manage bored tired sick tempted feel feeling glad happy pleased curious interested interest wouldn't couldn't shouldn't didn't wasn't weren't hasn't haven't hadn't aren't yea yup ahead "
    "pack packs combine combined alternatives alternative "
    "house-warming coming ideal ideally nicely properly useful handy bought buying paid pay spend spending afford willing".split()
)
# Brands that are also everyday words are taken as brands only where the sentence says so ("by Target").
EVERYDAY = frozenset(
    "the a an it one two me my any all for you other new only best good home office store generic unknown".split()
)
SPOKEN = frozenset(
    "cheaper cheapest dearer expensive compare comparison difference between under below above around reviews rating stars "
    "second third first fourth another something anything instead without except undo together budget present gift gifts "
    "waterproof wireless offer discount reduced similar recommend suggestion please thanks looking colour color bigger smaller".split()
)

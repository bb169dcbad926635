"""What assumptions say of themselves: reasons, units and sources, for the catalogue to find.

They are written where the figures are (``optimizer.demand_inputs``, ``service.assembly``), in
modules that know nothing of languages; a test holds this list to them.
"""

from geo.notes import said

ASSUMPTION_WORDS = (
    said("2,080 hours less leave, training, holidays: 1,698 a year"),
    said("IOM Iraq, Toward a safer Basra, 2022"),
    said("IOM study, Basra, 2021"),
    said("a call keeps a crew busy for an hour"),
    said("a woman in the chair, as in Al-Ma'qil, brings more women to the forum"),
    said("an hour a year for a family of newcomers (0.02 h a week); assumption"),
    said("assumption"),
    said("at least half of the women's unit are women"),
    said("cases/report"),
    said("factor"),
    said("forums meet monthly (IOM 2022); the hours are an assumption"),
    said("h"),
    said("h/meeting"),
    said("h/session"),
    said("h/week"),
    said("h/week/10,000"),
    said("h/week/family"),
    said("km/h"),
    said("mean wait of a call for a free crew"),
    said("min"),
    said("no Iraqi norm of travel was found: what a crew can do and be back in its shift"),
    said("no study of working time was found for Iraq; replace by the office's own records"),
    said("new officers learn outreach with the basic training, beside their unit's work"),
    said("nobody is alone in an open office"),
    said("officers"),
    said("officers go out in pairs, as patrols do"),
    said("officers patrol in pairs"),
    said("the referral centre comes first: never one alone"),
    said("one session a month for 20,000 residents beside those asked for"),
    said(
        "reports fall short of cases: 74% of Basra residents had little or no trust in local "
        "or regional authorities; the size of the factor is an assumption"
    ),
    said("road length over straight length on land"),
    said("roads between towns; city traffic is slower"),
    said("rule of 60: the rest of patrol time is presence"),
    said("sessions/month/10,000"),
    said("share"),
    said("the offices' hours of duty are not published: replace by the office's own"),
    said("visible presence at need 10; the rest of patrol time is for calls; assumption"),
    said("whole clans bring their disputes and their elders: tribal coordination; assumption"),
    said("within an hour by road counts as women's access"),
    said(
        "women who report domestic violence go to women officers; the share by category is an "
        "assumption"
    ),
    said("women's share of those who take part; replace by attendance lists"),
    said("the national share stands in where an area has none of its own"),
    said("CSO, Iraq census of 20-21 November 2024"),
    said("Assumption: no Iraqi norm was found; set it with the office."),
    said("Assumption: twice Basra's 2.1-2.6% a year scores 10."),
    said("land routes"),
    said("routes cross a river at open crossings only; times are not measured"),
    said("the scenario says so"),
    said("candidate offices"),
    said("p-median of officer-hours over minutes of travel; today's offices stay"),
    said("how far the proposed sites may be from the best: 0 is proven best"),
    said("mean way of an officer-hour to the nearest office today"),
    said("the same if all proposed sites open"),
    said("a proposed site brings no vehicle and no staff of its own"),
    said("siting"),
    said("vehicles"),
    said("areas"),
    said("no growth is known: kept as today"),
    said("no figure of residents: counted as none"),
    said("index 0-10"),
    said("the mean of the others stands in where no need is known"),
    said("2,080 hours a year in 52 weeks"),
    said(
        "no Iraqi norm for police was found; 11 hours is the daily rest of the European "
        "directive 2003/88/EC, article 3"
    ),
    said("as many as the public weekend of Iraq"),
    said("days"),
    said("nobody travels alone; women in pairs"),
    said("there and back within one shift of 8 hours"),
    said("less than an hour is not worth the road"),
    said("neighbours on one road, in one day"),
    said("forums meet monthly (IOM 2022)"),
    said("stops"),
    said("weeks"),
)

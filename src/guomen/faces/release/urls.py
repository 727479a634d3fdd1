from django.urls import path

from guomen.faces.release import adoption, desk, firm, lots, slips

urlpatterns = [
    path("desk/modes/", desk.modes, name="desk-modes"),
    path("desk/releases/", desk.releases, name="desk-releases"),
    path("desk/debts/", desk.debts, name="desk-debts"),
    path("desk/evidence/", adoption.desk, name="desk-evidence"),
    path("desk/lines/<str:declaration>/<int:line>/parts", lots.parts, name="desk-parts"),
    path("desk/lines/<str:declaration>/<int:line>/override", lots.override, name="desk-override"),
    path("portal/evidence/", firm.evidence, name="portal-evidence"),
    path("portal/duties/", firm.duties, name="portal-duties"),
    path("laboratory/announced/", firm.reports, name="laboratory-reports"),
    path("inspection-bodies/", adoption.bodies, name="inspection-bodies"),
    path("portal/declarations/<str:number>/slips/", slips.issue, name="portal-slips"),
    path("slip/<str:signed>.pdf", slips.paper_slip, name="slip-pdf"),
    path("slip/<str:signed>", slips.show, name="slip"),
    path("gate/slips/", slips.gate, name="gate-slips"),
]

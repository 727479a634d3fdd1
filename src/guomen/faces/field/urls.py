from django.urls import path

from guomen.faces.field import views

urlpatterns = [
    path("field/", views.tasks, name="field-tasks"),
    path("field/<uuid:order>", views.task, name="field-task"),
    path("field/<uuid:order>/take", views.take, name="field-take"),
    path("field/<uuid:order>/answer", views.answer, name="field-answer"),
    path("field/<uuid:order>/photo", views.photo, name="field-photo"),
    path("field/<uuid:order>/photos/<str:digest>", views.picture, name="field-picture"),
    path("field/<uuid:order>/sample", views.sample, name="field-sample"),
    path("field/<uuid:order>/fast", views.fast, name="field-fast"),
    path("field/<uuid:order>/second", views.second, name="field-second"),
    path("field/<uuid:order>/hold", views.hold, name="field-hold"),
    path("field/<uuid:order>/release", views.release, name="field-release"),
    path("field/<uuid:order>/receipt", views.receipt, name="field-receipt"),
]

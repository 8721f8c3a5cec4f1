{{- define "surprisal.labels" -}}
app.kubernetes.io/name: surprisal
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "surprisal.selector" -}}
app.kubernetes.io/name: surprisal
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "surprisal.image" -}}
{{- $tag := .image.tag | default .root.Chart.AppVersion -}}
{{ .image.repository }}{{ if .image.digest }}@{{ .image.digest }}{{ else }}:{{ $tag }}{{ end }}
{{- end }}

{{- define "surprisal.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "surprisal.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{- define "surprisal.environment" -}}
- name: SURPRISAL_LOG_FORMAT
  value: {{ .Values.logFormat }}
{{- range $name, $value := .Values.environment }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- range $name, $from := .Values.secretEnvironment }}
- name: {{ $name }}
  valueFrom:
    secretKeyRef: {name: {{ $from.secret }}, key: {{ $from.key }}}
{{- end }}
{{- end }}

{{- define "surprisal.mounts" -}}
- {name: settings, mountPath: /etc/surprisal, readOnly: true}
- {name: tmp, mountPath: /tmp}
{{- range $i, $file := .Values.secretFiles }}
- {name: secret-{{ $i }}, mountPath: {{ $file.path }}, readOnly: true}
{{- end }}
{{- end }}

{{- define "surprisal.volumes" -}}
- name: settings
  configMap: {name: {{ .Release.Name }}-settings}
- name: tmp
  emptyDir: {sizeLimit: {{ .tmpSize | default "1Gi" }}}
{{- range $i, $file := .Values.secretFiles }}
- name: secret-{{ $i }}
  secret: {secretName: {{ $file.secret }}, defaultMode: 288}
{{- end }}
{{- end }}

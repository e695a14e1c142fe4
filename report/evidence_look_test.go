package report

import ("os";"testing";"github.com/idpsnap/idpsnap/report/audit";"bytes")

func TestLook(t *testing.T) {
	var b bytes.Buffer
	if err := EvidencePage(&b, []*audit.Report{reviewReport(40)}); err != nil { t.Fatal(err) }
	os.WriteFile("/tmp/pictures/one.html", b.Bytes(), 0o644)
	os.WriteFile("/tmp/pictures/one.xlsx", workbook(t, reviewReport(40), changesReport()), 0o644)
	b.Reset()
	if err := EvidencePage(&b, []*audit.Report{reviewReport(6), changesReport()}); err != nil { t.Fatal(err) }
	os.WriteFile("/tmp/pictures/two.html", b.Bytes(), 0o644)
}

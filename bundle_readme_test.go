package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// readmeCheck does what README.md tells an auditor to run. Where there is a Python, that
// has to say the same.
func readmeCheck(t *testing.T, dir string) string {
	t.Helper()
	found := regexp.MustCompile("(?s)\n```sh\npython3 - <<'END'\n(.*?\n)END\n```\n").FindSubmatch(read(t, filepath.Join(dir, "README.md")))
	if found == nil {
		t.Fatal("README.md has no check in Python")
	}
	said := recomputed(t, dir)
	python, err := exec.LookPath("python3")
	if err != nil { // then the one here speaks for it
		return said
	}
	cmd := exec.Command(python, "-")
	cmd.Dir = dir
	cmd.Stdin = bytes.NewReader(found[1])
	if out, err := cmd.CombinedOutput(); err != nil || string(out) != said {
		t.Errorf("README.md says %v:\n%s\nwant:\n%s", err, out, said)
	}
	return said
}

// recomputed is the check of README.md, of nothing but what is in the bundle.
func recomputed(t *testing.T, dir string) string {
	t.Helper()
	type list struct{ Kind, ProviderID string }
	var manifest struct {
		Redacted  bool
		Snapshots []struct {
			ID, File    string
			Collections []struct {
				Kind, Digest string
				ProviderID   string `json:"provider_id"`
				ProviderName string `json:"provider_name"`
			}
		}
	}
	must(json.Unmarshal(read(t, filepath.Join(dir, "manifest.json")), &manifest))
	var said strings.Builder
	if manifest.Redacted {
		said.WriteString("Names are redacted, so manifest.json has no digests of what was recorded: there is nothing to compare.\n")
	}
	for _, s := range manifest.Snapshots {
		lists := map[list][][2]string{} // what each holds, by the id: its digest
		for line := range bytes.Lines(read(t, filepath.Join(dir, s.File))) {
			head, document, found := bytes.Cut(bytes.TrimRight(line, ",\n"), []byte(`,"document":`))
			if !found {
				continue
			}
			var r struct {
				Kind, ID   string
				ProviderID string `json:"provider_id"`
			}
			must(json.Unmarshal(append(head[:len(head):len(head)], '}'), &r))
			sum := sha256.Sum256(document[:len(document)-1])
			of := list{Kind: r.Kind, ProviderID: r.ProviderID}
			lists[of] = append(lists[of], [2]string{packedID(r.ID), string(sum[:])})
		}
		for _, c := range s.Collections {
			if c.Digest == "" {
				continue
			}
			verdict := "DIFFERS"
			if fmt.Sprintf("%x", listDigest(lists[list{Kind: c.Kind, ProviderID: c.ProviderID}], 0)) == c.Digest {
				verdict = "OK"
			}
			fmt.Fprintln(&said, s.ID[:8], c.Kind, c.ProviderName, verdict)
		}
	}
	return said.String()
}

// packedID is an id as digests of lists have it.
func packedID(id string) string {
	if regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`).MatchString(id) {
		raw, err := hex.DecodeString(strings.ReplaceAll(id, "-", ""))
		must(err)
		return "\x00" + string(raw)
	}
	return string([]byte{byte(len(id))}) + id
}

// listDigest is the digest of a list, from README.md.
func listDigest(entries [][2]string, level int) [32]byte {
	if len(entries) <= 256 || level == 12 {
		var all []string
		for _, e := range entries {
			all = append(all, e[0]+e[1])
		}
		slices.Sort(all)
		return sha256.Sum256([]byte("\x00" + strings.Join(all, "")))
	}
	var parts [32][][2]string
	for _, e := range entries {
		sum := sha256.Sum256([]byte(e[0]))
		i := binary.BigEndian.Uint64(sum[:]) >> (59 - 5*level) & 31
		parts[i] = append(parts[i], e)
	}
	text := []byte{1}
	for _, p := range parts {
		sum := listDigest(p, level+1)
		text = append(text, sum[:]...)
	}
	return sha256.Sum256(text)
}

// TestBundleReadme: the check in README.md, which needs no idpsnap, recomputes the
// digests that the history has of every list.
func TestBundleReadme(t *testing.T) {
	onlyWithoutDetector(t)
	t.Parallel()
	m := archive(t)
	dir := m.bundle(december...)
	lists := strings.Count(string(read(t, filepath.Join(dir, "manifest.json"))), `"digest": `)
	out := readmeCheck(t, dir)
	if got := strings.Count(out, " OK\n"); got != lists || lists < 10 || strings.Count(out, "\n") != lists {
		t.Errorf("%d lists, %d are OK: %s", lists, got, out)
	}
	alter(t, dir, "snapshots/"+m.nightOf("2025-12-31")[:8]+".json", `"displayName":"Okta Person 00"`, `"displayName":"Okta Person 01"`)
	out = readmeCheck(t, dir)
	if strings.Count(out, "DIFFERS\n") != 1 || !strings.Contains(out, " scim_user Okta DIFFERS\n") {
		t.Errorf("an altered user: %s", out)
	}
	out = readmeCheck(t, m.bundle(append(slices.Clone(december), "--redact", "pii")...))
	if !strings.HasPrefix(out, "Names are redacted, so manifest.json has no digests") || strings.Count(out, "\n") != 1 {
		t.Errorf("a bundle without names: %s", out)
	}
}

package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3" // to hold, damage and age a history
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/idpsnap/idpsnap/sandbox"
)

// TestScripts runs the command line as users do, each script against a sandbox
// of its own. Besides testscript's commands there are:
//
//	exits CODE idpsnap …     it ends with this status
//	sandbox switch NAME=VALUE | fault JSON | mend | load FILE | churn CHANGED ADDED REMOVED
//	sandbox call METHOD PATH [BODY]        of its control surface
//	sandbox token VALUE [providers] [apps] [account] [only=ACCOUNT]
//	sandbox id NAME KIND WHO               sets the variable to the id of what the first account calls so
//	sandbox edit KIND WHO FIELDS           sets fields of it, by JSON Pointer; null removes one
//	sandbox remove KIND WHO                deletes it
//	sandbox recreate WHO                   deletes a provider and makes it again: it and all it synced have new ids
//	sandbox forget                         the requests that it saw
//	sandbox asked                          it saw requests
//	sandbox gets-only                      it saw requests, and nothing but GET
//	sandbox writes N                       it saw so many that were no GET
//	mode FILE 0600
//	secretless DIR                         no file in it holds a credential or secret of the sandbox
//	freeport NAME                          sets the variable to a port that is free
//	await URL                              until it answers
//	onejson FILE                           it holds one JSON document and nothing else
//	tells FILE PATH VALUE                  it is JSON with the value at the path, such as changes.0.id or changes.name=Okta.id; changes.length counts
//	learn NAME FILE PATH                   sets the variable to the value at the path
//	sqlite DB STATEMENT                    changes a database behind idpsnap's back
//	flip DB                                flips a bit in the middle of a document's block
//	hold DB, release                       another process writes to the database, until it does not
//	preserved STATE RECORDING              what was recorded stands in the state, byte for byte
//
// and the condition [root].
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/script/*.txtar")
	must(err)
	if testing.Short() { // all are run without the race detector
		var third []string
		for i := 0; i < len(files); i += 3 {
			third = append(third, files[i])
		}
		files = third
	}
	testscript.Run(t, testscript.Params{
		Files:               files,
		RequireExplicitExec: true,
		Setup:               setup,
		WorkdirRoot:         openTempDir(t), // for the scripts that run as another user
		Condition: func(name string) (bool, error) {
			if name == "root" {
				return os.Geteuid() == 0, nil
			}
			return false, fmt.Errorf("unknown condition %q", name)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "sandbox": drive, "mode": mode, "secretless": secretless, "freeport": freeport, "await": await,
			"onejson": oneJSON, "sqlite": runSQL, "flip": flip, "hold": hold, "release": release, "preserved": preserved,
			"tells": tells, "learn": learn,
		},
	})
}

type sandboxKey struct{}

func setup(env *testscript.Env) error {
	server := sandbox.DefaultWorld(sandbox.Options{Now: time.Now, Sleep: nap, Seed: 1})
	listener := httptest.NewServer(server)
	env.Defer(listener.Close)
	env.Values[sandboxKey{}] = server
	env.Values[holdKey{}] = &holder{}
	home := filepath.Join(env.WorkDir, "home")
	for name, value := range map[string]string{
		"HOME":                  home,
		"GORACE":                "atexit_sleep_ms=0", // under the race detector each process would end a second late
		"CLOUDFLARE_BASE_URL":   listener.URL + "/client/v4",
		"CLOUDFLARE_API_TOKEN":  sandbox.DefaultToken,
		"CLOUDFLARE_ACCOUNT_ID": sandbox.DefaultAccount,
		"ACCOUNT":               sandbox.DefaultAccount,
		"SECOND":                sandbox.DefaultSecondAccount,
		"ZONE":                  sandbox.DefaultZone,
		"TOKEN":                 sandbox.DefaultToken,
		"DB":                    filepath.Join(home, ".local/share/idpsnap/history.db"),
	} {
		env.Setenv(name, value)
	}
	return os.Mkdir(home, 0o700)
}

func nap(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE command [args...]")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		code = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got := strconv.Itoa(code); got != args[0] {
		ts.Fatalf("exit status %s, want %s", got, args[0])
	}
}

func drive(ts *testscript.TestScript, neg bool, args []string) {
	server, ok := ts.Value(sandboxKey{}).(*sandbox.Server)
	if !ok || len(args) == 0 || neg && args[0] != "asked" {
		ts.Fatalf("usage: sandbox switch|fault|mend|load|churn|call|token|id|edit|remove|recreate|forget|asked|gets-only|writes …")
	}
	verb, args := args[0], args[1:]
	switch {
	case verb == "switch":
		for _, a := range args {
			name, value, _ := strings.Cut(a, "=")
			ts.Check(server.Switch(name, value))
		}
	case verb == "fault" && len(args) == 1:
		call(ts, server, http.MethodPost, "/sandbox/faults", args[0])
	case verb == "mend":
		server.ClearFaults()
	case verb == "load" && len(args) == 1:
		ts.Check(server.Load([]byte(ts.ReadFile(args[0]))))
	case verb == "churn" && len(args) == 3:
		call(ts, server, http.MethodPost, fmt.Sprintf("/sandbox/churn?target=account:%s&changed=%s&added=%s&removed=%s",
			sandbox.DefaultAccount, args[0], args[1], args[2]), "")
	case verb == "call" && len(args) >= 2:
		call(ts, server, args[0], args[1], strings.Join(args[2:], " "))
	case verb == "token" && len(args) >= 1:
		token := sandbox.Token{Value: args[0]}
		for _, p := range args[1:] {
			if only, ok := strings.CutPrefix(p, "only="); ok {
				token.Accounts, token.Zones = append(token.Accounts, only), []string{}
			}
			token.Permissions |= map[string]sandbox.Permission{
				"providers": sandbox.IdentityProvidersRead, "apps": sandbox.AppsPoliciesRead, "account": sandbox.AccountRead,
			}[p]
		}
		server.AddToken(token)
	case verb == "id" && len(args) == 3:
		_, id := find(ts, server, sandbox.Kind(args[1]), args[2])
		ts.Setenv(args[0], id)
	case verb == "edit" && len(args) == 3:
		provider, id := find(ts, server, sandbox.Kind(args[0]), args[1])
		ts.Check(edit(server, sandbox.Kind(args[0]), provider, id, args[2]))
	case verb == "remove" && len(args) == 2:
		provider, id := find(ts, server, sandbox.Kind(args[0]), args[1])
		ts.Check(server.Remove(account, sandbox.Kind(args[0]), provider, id))
	case verb == "recreate" && len(args) == 1:
		_, id := find(ts, server, sandbox.KindProvider, args[0])
		_, err := recreate(server, id)
		ts.Check(err)
	case verb == "forget":
		server.ClearRequests()
	case verb == "asked":
		if all, _ := server.RequestCount(); all > 0 != !neg {
			ts.Fatalf("the sandbox saw %d requests", all)
		}
	case verb == "gets-only":
		if all, writes := server.RequestCount(); all == 0 || writes > 0 {
			ts.Fatalf("the sandbox saw %d requests, %d of them writes", all, writes)
		}
	case verb == "writes" && len(args) == 1:
		writes(ts, server, args[0])
	default:
		ts.Fatalf("unknown: sandbox %s %q", verb, args)
	}
}

func call(ts *testscript.TestScript, h http.Handler, method, path, body string) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader(body)))
	_, err := ts.Stdout().Write(w.Body.Bytes())
	ts.Check(err)
	if w.Code != http.StatusOK {
		ts.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
}

func mode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: mode FILE 0600")
	}
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	if got := fmt.Sprintf("%04o", info.Mode().Perm()); got != args[1] {
		ts.Fatalf("%s has mode %s, want %s", args[0], got, args[1])
	}
}

func secretless(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: secretless DIR")
	}
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		for _, secret := range []string{sandbox.DefaultToken, sandbox.DefaultKey, "sandbox-secret", "hidden-from-view"} {
			if strings.Contains(string(data), secret) {
				return fmt.Errorf("%s holds %q", path, secret)
			}
		}
		return err
	}))
}

func freeport(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: freeport NAME")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Setenv(args[0], strconv.Itoa(l.Addr().(*net.TCPAddr).Port))
	ts.Check(l.Close())
}

func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: await URL")
	}
	for range 200 {
		if resp, err := http.Get(args[0]); err == nil {
			_ = resp.Body.Close()
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	ts.Fatalf("%s does not answer", args[0])
}

// openTempDir is a temporary directory that every user may enter: t.TempDir's are
// for this user alone.
func openTempDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "idpsnap-test") //nolint:usetesting // see above
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func oneJSON(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: onejson FILE")
	}
	if text := ts.ReadFile(args[0]); !json.Valid([]byte(text)) {
		ts.Fatalf("%s is not one JSON document: %s", args[0], text)
	}
}

func openSQL(ts *testscript.TestScript, file string) *sql.DB {
	db, err := sql.Open("sqlite3", "file:"+ts.MkAbs(file)+"?mode=rw&_txlock=immediate")
	ts.Check(err)
	ts.Defer(func() { _ = db.Close() })
	return db
}

func runSQL(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: sqlite DB STATEMENT")
	}
	db := openSQL(ts, args[0])
	_, err := db.Exec(args[1])
	ts.Check(errors.Join(err, db.Close()))
}

func flip(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: flip DB")
	}
	db := openSQL(ts, args[0])
	var id int
	var data []byte
	ts.Check(db.QueryRow(`SELECT id, data FROM block LIMIT 1`).Scan(&id, &data))
	data[len(data)/2] ^= 1
	_, err := db.Exec(`UPDATE block SET data = ? WHERE id = ?`, data, id)
	ts.Check(errors.Join(err, db.Close()))
}

type holdKey struct{}

func hold(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: hold DB")
	}
	tx, err := openSQL(ts, args[0]).Begin()
	ts.Check(err)
	ts.Value(holdKey{}).(*holder).tx = tx
}

type holder struct{ tx *sql.Tx }

func release(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: release")
	}
	ts.Check(ts.Value(holdKey{}).(*holder).tx.Rollback())
}

func preserved(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: preserved STATE RECORDING")
	}
	ts.Check(checkPreserved([]byte(ts.ReadFile(args[0])), []byte(ts.ReadFile(args[1]))))
}

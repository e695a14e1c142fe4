// Package sandbox is a Cloudflare Access that lives in the process: an http.Handler that answers like
// api.cloudflare.com does for identity providers, what they have synced by SCIM, and the applications, policies and
// groups that name them. It is for tests, for the demo, and for trying things out without an account.
//
// It is a reading of the API of its own: it shares no code with the client. What it does comes from the OpenAPI
// description, the documentation, recorded answers and measurements that others published; a comment says so where
// it matters. What no source settles is a switch with a default (see Switches): how secrets look on a read, what a
// PUT without a secret does, whether a page behind the last one is empty or an error, and so on.
//
// # A world
//
// New makes an empty one and DefaultWorld one to try things on. AddAccount, AddZone, Populate and AllTypes fill it.
// Load reads recorded answers and what `idpsnap show --json` prints. Put, Edit, Remove, Join, Leave and Churn change
// it behind the API's back, as a person in the dashboard or a nightly synchronisation would. Everything that is made
// up comes from Options.Seed and Options.Now: the same seed, clock and calls make the same world.
//
// RandomProvider makes bodies for property tests: what a person might send, as odd as the API takes it.
//
// Documents are kept and served as JSON text, never decoded and encoded again. A number of any length, a field that
// nobody knows and a character that an encoder would escape come out as they went in. Two things are taken out or
// put in on the way: secrets, which are stored and not served, and what Cloudflare computes (id, uid, version,
// config.redirect_url, scim_config.scim_base_url) when a provider is written through the API.
//
// # What goes wrong
//
// AddFault arms faults: error statuses in JSON, HTML, plain text or nothing at all, bodies cut in half, connections
// closed before or after a write took effect or left open without an answer, wrong types, latency, and lists that
// change while they are read. The budget of 1200 requests in five minutes for each token runs by the injected clock.
//
// # Driving it over HTTP
//
// Under /sandbox/ a world can be changed and faults be armed with curl; GET /sandbox/ (and Help) lists how. Requests is
// the log of API calls, for a test that wants to see nothing but GET; Writes has the whole body of every other call and
// says whether it took effect, for a test that wants to see what has left the client.
//
// # What it is not
//
// It does not judge apps, policies and groups, except that the policies of an app have to exist, and these can be
// replaced but not made or deleted through the API. It has no endpoints for federation grants (Grant makes one), no
// certificate sets to rotate, no audit or SCIM logs. What was written can be read at once unless the switches
// create-lag and delete-lag are on: the real one may take a moment.
package sandbox

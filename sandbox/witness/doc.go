// Package witness drives the sandbox with Cloudflare's official Go client, so that the stand-in is held to what a
// real client expects. It is a module of its own: the client is large and nothing else needs it.
package witness

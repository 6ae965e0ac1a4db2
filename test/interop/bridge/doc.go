// Package bridge holds the tests among real clients on a bridge.
package bridge

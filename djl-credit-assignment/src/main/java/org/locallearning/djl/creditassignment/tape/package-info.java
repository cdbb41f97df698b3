/**
 * The tape: runs a model's block tree piece by piece, remembers each piece, and sends an error back
 * through the pieces. It knows blocks and no learning rule.
 */
package org.locallearning.djl.creditassignment.tape;

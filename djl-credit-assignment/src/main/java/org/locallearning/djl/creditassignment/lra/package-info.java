/**
 * Recursive local representation alignment: layers learn from targets of their own, which errors
 * bring there through learned error matrices along a graph of error connections.
 */
package org.locallearning.djl.creditassignment.lra;

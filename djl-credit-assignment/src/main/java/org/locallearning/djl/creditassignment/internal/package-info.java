/**
 * What several packages share. It is not part of the published API and may change in any release.
 */
package org.locallearning.djl.creditassignment.internal;

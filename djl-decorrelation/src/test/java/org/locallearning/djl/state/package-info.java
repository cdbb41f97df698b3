/** Tests of state files. */
package org.locallearning.djl.state;

/** Tests of state files. */
package org.locallearning.djl.decorrelation.state;

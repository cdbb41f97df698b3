/** Tests of transforms against loops. */
package org.locallearning.djl.creditassignment.transform;

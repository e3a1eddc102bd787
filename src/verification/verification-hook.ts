/**
 * What runs the verification again at each deployment. A Job that has run stays as it is, so without one of these a
 * verification runs once for each change of its own spec.
 */
export class VerificationHook {
  /** Argo CD runs it after each sync, once everything is healthy, and deletes the previous run first. */
  static argoPostSync(): VerificationHook {
    return new VerificationHook({
      'argocd.argoproj.io/hook': 'PostSync',
      'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation',
    });
  }

  /**
   * Flux replaces the Job where applying it fails, as a changed template of an existing Job does. It does not run an
   * unchanged Job again.
   */
  static fluxForce(): VerificationHook {
    return new VerificationHook({ 'kustomize.toolkit.fluxcd.io/force': 'enabled' });
  }

  private constructor(
    /** Annotations of the Job. */
    readonly annotations: Readonly<Record<string, string>>,
  ) {}
}
